# The prefix of a listing goes into SCAN's pattern as it is.
set(store redis)
set(finds listing)
set(file wasm/stores/redis/redis-listing.cc)
change([=[
    if (std::string_view("\\*?[]").find(c) != std::string_view::npos) pattern.push_back('\\');
]=] [=[
]=])
