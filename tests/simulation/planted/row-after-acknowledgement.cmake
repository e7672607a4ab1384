# The catalog learns of a new key only after the caller was told that it is written.
set(store objects)
set(finds listing)
set(file wasm/stores/durable-object/object-catalog.cc)
change([=[
  Result<Answer> added = co_await callCatalog(operation, row.shard, call);
  if (!added) co_return std::unexpected(std::move(added.error()));
  row.generation = added->number;
]=] [=[
  row.generation = 0;
]=])
change([=[
  Request call = callFor(operation, Op::kCatalogConfirm, (*head)->key);
  call.number = (*head)->generation;
]=] [=[
  Request call = callFor(operation, Op::kCatalogAdd, (*head)->key);
  call.number = (*head)->shard;
]=])
