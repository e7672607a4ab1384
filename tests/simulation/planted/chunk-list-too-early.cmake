# The head, which says how many chunks there are, is committed before the chunks.
set(store objects)
set(finds corrupt)
set(file wasm/stores/durable-object/object-cells.cc)
change([=[
  if (write.setsAlarm) requests.push_back({.verb = Verb::kSetAlarm, .number = head.alarmAtMs});
]=] [=[
  if (write.setsAlarm) requests.push_back({.verb = Verb::kSetAlarm, .number = head.alarmAtMs});
  if (head.chunks > 0) {
    std::vector<HostRequest> list(requests.begin(), requests.begin() + 1);
    if (Result<Answer> done = co_await carryOut(operation, std::move(list)); !done) co_return done;
    requests.erase(requests.begin());
  }
]=])
