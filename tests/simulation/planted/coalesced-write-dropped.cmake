# A write that has landed carries those that wait behind it, too: they are never sent.
set(store kv)
set(finds acknowledged-lost)
set(file wasm/stores/cloudflare-kv/write-lanes.cc)
change([=[
  lane_->completed = std::max(lane_->completed, number_);
]=] [=[
  lane_->completed = lane_->issued;
]=])
