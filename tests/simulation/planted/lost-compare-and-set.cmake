# What a conditional write decided before it waited for the catalog is not looked at again afterwards.
set(store objects)
set(finds "linearizability listing")
set(file wasm/stores/durable-object/object.cc)
change([=[
    isListed = true;
  }
}
]=] [=[
    Change next = changeTo(operation, *decision, std::move(head).value_or(ObjectHead{}));
    next.head.shard = shard;
    next.head.generation = generation;
    next.head.listedUntil = expiryOf(*decision);
    Result<Answer> done = co_await writeAll(operation, std::move(next));
    if (!done) co_return done;
    Answer answer = answerWritten(request, std::move(*decision));
    answer.followUp = true;
    co_return answer;
  }
}
]=])
