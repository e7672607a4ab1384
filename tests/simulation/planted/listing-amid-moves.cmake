# A listing of a cluster ends although slots moved while it was made.
set(store redis-cluster)
set(finds listing)
set(file wasm/stores/redis/redis-listing.cc)
change([=[
      if (isAtEnd && (at.pass > 0 || (isSame && !wasChanging && !topology.present))) break;
]=] [=[
      if (isAtEnd && (at.pass > 0 || isSame || wasChanging || topology.present)) break;
]=])
