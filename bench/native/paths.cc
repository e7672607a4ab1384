// The paths, each a test case, of which the program runs the one that is named.
#include <catch2/catch_test_macros.hpp>

#include "bench/native/path.h"
#include "bindings/boundary/wire.h"
#include "tests/native/support/backend.h"
#include "wasm/core/bytes.h"

using namespace kvista;
using namespace kvista::bench;
using namespace kvista::test;

namespace {

constexpr std::size_t kUsualBytes = 300;

void walkGet(const char* kind) {
  Backend world(kind);
  fill(world.driver(), recordOf(kUsualBytes));
  walk(world.driver(), [](std::size_t i) { return get(keyAt(i)); });
}

void walkSet(const char* kind) {
  Backend world(kind);
  fill(world.driver(), recordOf(kUsualBytes));
  walk(world.driver(), [](std::size_t i) { return set(keyAt(i), recordOf(kUsualBytes)); });
}

// A server that holds one record under every key.
void walkRedis(const std::function<Call(std::size_t)>& callAt) {
  Loop loop;
  FunctionHost host(
      [](const Asked&) { return Replied{.present = true, .value = recordOf(kUsualBytes)}; });
  Driver driver(loop, host, R"({"kind":"redis"})");
  walk(driver, callAt);
}

}  // namespace

TEST_CASE("memory get") { walkGet("memory"); }
TEST_CASE("memory set") { walkSet("memory"); }
TEST_CASE("memory list of 10 hits") {
  Backend world("memory");
  fill(world.driver(), recordOf(kUsualBytes));
  for (std::size_t i = 0; i < 10; ++i) {
    REQUIRE(world.driver().run(set("hit:" + std::to_string(i), "a value")).ok());
  }
  walk(world.driver(), [](std::size_t) { return list("hit:"); });
}
TEST_CASE("memory patch of a 2 kB record") {
  Backend world("memory");
  fill(world.driver(), recordOf(2000));
  walk(world.driver(), [](std::size_t i) {
    return patch(keyAt(i), R"({"offset":)" + std::to_string(6'000'000 + i) +
                               R"(,"metadata":{"checked":true}})");
  });
}
TEST_CASE("{ storage } get") { walkGet("durable-object-storage"); }
TEST_CASE("{ storage } set") { walkSet("durable-object-storage"); }
TEST_CASE("Durable Object get, both cores") { walkGet("durable-object"); }
TEST_CASE("Durable Object set, both cores") { walkSet("durable-object"); }
TEST_CASE("Workers KV get") { walkGet("cloudflare-kv"); }
TEST_CASE("Redis get") {
  walkRedis([](std::size_t i) { return get(keyAt(i)); });
}
TEST_CASE("Redis set") {
  walkRedis([](std::size_t i) { return set(keyAt(i), recordOf(kUsualBytes)); });
}
TEST_CASE("file get") { walkGet("file"); }
TEST_CASE("file set") { walkSet("file"); }
TEST_CASE("wire decode of a reply") {
  const std::string value = recordOf(kUsualBytes);
  const std::string bytes = ByteWriter()
                                .u32(2)
                                .f64(0)
                                .u32(static_cast<std::uint32_t>(value.size()))
                                .u32(0)
                                .u32(0)
                                .raw(value.data(), value.size())
                                .take();
  const std::size_t count = operations();
  for (std::size_t i = 0; i < count; ++i) REQUIRE(wire::decodeReplies(bytes, 1));
}
