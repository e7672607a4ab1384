# A write that may have been carried out is repeated without a look at what is there.
set(store objects)
set(finds "linearizability listing")
set(file wasm/store/calling-store.cc)
change([=[
    if (inDoubt) {
      Request look = call;
]=] [=[
    if (inDoubt && lookOp_ == Op::kDiagnose) {
      Request look = call;
]=])
