# What a conditional write decided before it waited for the catalog is not looked at again afterwards.
set(store objects)
set(finds "linearizability listing")
set(file wasm/stores/durable-object/object.cc)
change([=[
    row = *added;
  }
}
]=] [=[
    row = *added;
    ValueWrite next = writeFor(operation, *decision, std::move(head), row);
    Result<Answer> done = co_await cells_.write(operation, std::move(next));
    if (!done) co_return done;
    Answer answer = answerWritten(request, std::move(*decision));
    answer.followUp = true;
    co_return answer;
  }
}
]=])
