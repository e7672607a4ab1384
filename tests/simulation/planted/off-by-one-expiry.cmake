# A value is still there in the moment in which it expires.
set(store storage)
set(finds "linearizability listing")
set(file wasm/stores/durable-object/storage-store.cc)
change([=[
  found.expired = isExpired(found.expiresAt, operation.nowMs());
]=] [=[
  found.expired = isExpired(found.expiresAt, operation.nowMs() - 1);
]=])
