// What the core's Lua scripts do (wasm/stores/redis/redis-scripts.h), by hand: for a fake server, which
// has no Lua. tests/conformance/host-redis.json runs the scripts themselves on a real one.
#pragma once

#include "tests/native/fakes/fake-redis-node.h"

namespace kvista::test {

[[nodiscard]] std::vector<FakeScript> fakeRedisScripts();

}  // namespace kvista::test
