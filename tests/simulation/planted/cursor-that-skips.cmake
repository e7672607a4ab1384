# A page's cursor names the key that the next page ought to begin with.
set(store memory)
set(finds listing)
set(file wasm/stores/memory/memory-listing.cc)
change([=[
      answer.cursor = encodeCursor(listingOf(StoreKind::kMemory, request), last);
]=] [=[
      answer.cursor = encodeCursor(listingOf(StoreKind::kMemory, request),
                                   std::string_view(at->first).substr(request.nameSpace.size()));
]=])
