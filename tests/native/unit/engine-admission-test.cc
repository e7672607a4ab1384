// What the engine admits: budgets, closed stores, wrong configurations, bytes that are no request.
#include <algorithm>
#include <cstring>

#include <catch2/catch_test_macros.hpp>

#include "tests/native/support/backend.h"
#include "wasm/core/task.h"

using namespace kvista;
using namespace kvista::test;

namespace {

constexpr double kNow = 1'800'000'000'000;

// An engine that is driven by hand.
struct Bench {
  explicit Bench(std::string_view config, std::size_t limit = 16U << 20) : engine(limit) {
    store = engine.open(config);
    REQUIRE(store != 0);
  }
  const Engine::CallResult& start(const Call& call, double nowMs = kNow) {
    bytes = encodeCall(call, store, nowMs);
    return engine.start(bytes);
  }
  const Engine::CallResult& answer(std::uint32_t slot, std::uint32_t sequence,
                                   std::string_view value) {
    return engine.resume(slot, sequence, {HostReply{.present = true, .value = value}}, kNow + 1);
  }
  Engine engine;
  std::uint32_t store;
  std::string bytes;
};

constexpr std::string_view kKv = R"({"kind":"cloudflare-kv"})";
constexpr std::string_view kMemory = R"({"kind":"memory"})";

}  // namespace

TEST_CASE(
    "A request larger than the limit is too large, one that does not fit now is rate limited") {
  Bench bench(kKv, 1'000'000);
  CHECK(bench.engine.reserve(2'000'000, 0) == nullptr);
  CHECK(bench.engine.lastResult().answer->error().code == Code::kTooLarge);
  std::size_t begun = 0;
  for (;; ++begun) {
    const Call call = set("k" + std::to_string(begun), std::string(90'000, 'x'));
    const std::string bytes = encodeCall(call, bench.store, kNow);
    char* block = bench.engine.reserve(bytes.size(), call.value.size());
    if (block == nullptr) break;
    std::memcpy(block, bytes.data(), bytes.size());
    REQUIRE(bench.engine.start({block, bytes.size()}).kind == Engine::Kind::kSuspended);
  }
  CHECK(bench.engine.lastResult().answer->error().code == Code::kRateLimited);
  CHECK(begun == 10);
  CHECK(bench.engine.bytesInFlight() <= 1'000'000);
}

TEST_CASE("A small budget admits as many operations as fit, refuses the next, and recovers") {
  Bench bench(kKv, 100'000);
  std::vector<Engine::CallResult> begun;
  for (;;) {
    const Engine::CallResult result = bench.start(get("a"));
    if (result.kind == Engine::Kind::kAnswered) {
      CHECK(result.answer->error().code == Code::kRateLimited);
      break;
    }
    begun.push_back(result);
  }
  CHECK(begun.size() > 20);
  for (const Engine::CallResult& one : begun) {
    CHECK(bench.answer(one.slot, one.sequence, "1").kind == Engine::Kind::kAnswered);
  }
  CHECK(bench.start(get("a")).kind == Engine::Kind::kSuspended);
}

TEST_CASE("A value's limit is checked before room is made for it") {
  Bench bench(kMemory, 512U << 20);
  CHECK(bench.engine.reserve(26'214'501, 26'214'401) == nullptr);
  CHECK(bench.engine.lastResult().answer->error().code == Code::kTooLarge);
  CHECK(bench.engine.lastResult().answer->error().message.find("26214401") != std::string::npos);
  CHECK(bench.engine.bytesInFlight() == 0);
}

TEST_CASE("A closed store refuses new operations and lets those in flight end") {
  Bench bench(kKv);
  const Engine::CallResult begun = bench.start(get("a"));
  bench.engine.close(bench.store);
  CHECK(bench.start(get("a")).answer->error().code == Code::kClosed);
  CHECK((*bench.answer(begun.slot, begun.sequence, "1").answer)->value() == "1");
  bench.engine.close(bench.store);
  bench.engine.close(77);
}

TEST_CASE("A handle that was never given is closed") {
  Bench bench(kMemory);
  for (const std::uint32_t handle : {0U, 2U, 0xFFFFFFFFU}) {
    bench.bytes = encodeCall(get("a"), handle, kNow);
    CHECK(bench.engine.start(bench.bytes).answer->error().code == Code::kClosed);
  }
}

TEST_CASE("A configuration that is wrong is refused by the name of its member") {
  Engine engine(1 << 20);
  for (const char* config :
       {"", "{", "[]", "null", "{}", R"({"kind":"nothing"})", R"({"kind":"memory","maxBytes":0})",
        R"({"kind":"memory","maxBytes":1.5})", R"({"kind":"memory","maxBytes":"1"})",
        R"({"kind":"memory","eviction":"fifo"})", R"({"kind":"durable-object","catalogShards":0})",
        R"({"kind":"durable-object","catalogShards":65})",
        R"({"kind":"memory","keyNamespace":1})"}) {
    INFO(config);
    CHECK(engine.open(config) == 0);
    REQUIRE(engine.lastResult().answer != nullptr);
    CHECK(engine.lastResult().answer->error().code == Code::kInvalidArgument);
    CHECK_FALSE(engine.lastResult().answer->error().hint.empty());
  }
}

TEST_CASE("Bytes that are no request are refused, whatever they are") {
  Bench bench(kMemory);
  const std::string whole = encodeCall(set("key", "value"), bench.store, kNow);
  for (std::size_t length = 0; length < whole.size(); ++length) {
    CHECK(bench.engine.start(whole.substr(0, length)).answer->error().code ==
          Code::kInvalidArgument);
  }
  CHECK(bench.engine.start(whole + "x").answer->error().code == Code::kInvalidArgument);
  std::string huge = whole;
  std::memset(huge.data() + 48, 0xFF, 4);
  CHECK(bench.engine.start(huge).answer->error().code == Code::kInvalidArgument);
  CHECK(bench.engine.start(whole).answer->has_value());
}
