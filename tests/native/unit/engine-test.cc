// The engine: which resumes count, and what an operation that is given up or abandoned leaves.
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

}  // namespace

TEST_CASE("A resume with the current name goes on, and the name is spent then") {
  Bench bench(kKv);
  const Engine::CallResult begun = bench.start(get("a"));
  REQUIRE(begun.kind == Engine::Kind::kSuspended);
  const Engine::CallResult done = bench.answer(begun.slot, begun.sequence, "1");
  REQUIRE(done.kind == Engine::Kind::kAnswered);
  REQUIRE(done.answer->has_value());
  CHECK((*done.answer)->value() == "1");
  CHECK(bench.answer(begun.slot, begun.sequence, "2").kind == Engine::Kind::kIgnored);
  CHECK(bench.engine.operationsInFlight() == 0);
}

TEST_CASE("Steps of any length that are done and have nothing to tell go on, each of them once") {
  Bench bench(R"({"kind":"durable-object-storage"})");
  Engine::CallResult step = bench.start(set("a", std::string(5'000'000, 'x')));
  std::size_t steps = 0;
  std::size_t longest = 0;
  for (; step.kind == Engine::Kind::kSuspended; ++steps) {
    longest = std::max(longest, step.requests.size());
    const Engine::CallResult before = step;
    step = bench.engine.resumeDone(before.slot, before.sequence);
    if (step.kind != Engine::Kind::kSuspended) break;
    CHECK(bench.engine.resumeDone(before.slot, before.sequence).kind == Engine::Kind::kIgnored);
  }
  CHECK(steps == 2);
  CHECK(longest == 4);
  REQUIRE(step.kind == Engine::Kind::kAnswered);
  CHECK(step.answer->has_value());
  CHECK(bench.engine.operationsInFlight() == 0);
}

TEST_CASE("A forged resume is ignored and disturbs nobody") {
  Bench bench(kKv);
  const Engine::CallResult begun = bench.start(get("a"));
  for (std::uint32_t slot = 0; slot < 4; ++slot) {
    for (std::uint32_t sequence = 0; sequence < 8; ++sequence) {
      if (slot == begun.slot && sequence == begun.sequence) continue;
      CHECK(bench.answer(slot, sequence, "forged").kind == Engine::Kind::kIgnored);
      CHECK(bench.engine.giveUp(slot, sequence, Code::kTimeout, "x", "y").kind ==
            Engine::Kind::kIgnored);
    }
  }
  CHECK(bench.answer(0xFFFFFFFF, 0xFFFFFFFF, "forged").kind == Engine::Kind::kIgnored);
  CHECK((*bench.answer(begun.slot, begun.sequence, "1").answer)->value() == "1");
}

TEST_CASE("A block that no call took is not mistaken for that of the next request") {
  Bench bench(kKv);
  REQUIRE(bench.engine.reserve(100'000, 0) != nullptr);
  const Engine::CallResult begun = bench.start(get("asked"));
  REQUIRE(begun.kind == Engine::Kind::kSuspended);
  // The request's bytes lie elsewhere, where the next caller writes.
  std::ranges::fill(bench.bytes, 'x');
  CHECK(begun.requests.front().key == "asked");
  CHECK(bench.engine.bytesInFlight() < 100'000);
}

TEST_CASE("A resume with the wrong number of replies is ignored") {
  Bench bench(kKv);
  const Engine::CallResult begun = bench.start(get("a"));
  CHECK(bench.engine.resume(begun.slot, begun.sequence, {}, kNow).kind == Engine::Kind::kIgnored);
  CHECK(bench.engine.resume(begun.slot, begun.sequence, std::vector<HostReply>(2), kNow).kind ==
        Engine::Kind::kIgnored);
  CHECK(bench.answer(begun.slot, begun.sequence, "1").kind == Engine::Kind::kAnswered);
}

TEST_CASE("A late resume does not reach the operation that took the slot over") {
  Bench bench(kKv);
  const Engine::CallResult first = bench.start(get("a"));
  static_cast<void>(
      bench.engine.giveUp(first.slot, first.sequence, Code::kTimeout, "late", "wait"));
  const Engine::CallResult second = bench.start(get("b"));
  REQUIRE(second.slot == first.slot);
  CHECK(bench.answer(first.slot, first.sequence, "for a").kind == Engine::Kind::kIgnored);
  CHECK((*bench.answer(second.slot, second.sequence, "for b").answer)->value() == "for b");
}

TEST_CASE("A read that is given up is a timeout, a write under way has an unknown outcome") {
  Bench bench(kKv);
  const Engine::CallResult read = bench.start(get("a"));
  const Engine::CallResult gone =
      bench.engine.giveUp(read.slot, read.sequence, Code::kTimeout, "late", "wait");
  REQUIRE_FALSE(gone.answer->has_value());
  CHECK(gone.answer->error().code == Code::kTimeout);
  const Engine::CallResult write = bench.start(set("a", "1"));
  const Engine::CallResult unknown =
      bench.engine.giveUp(write.slot, write.sequence, Code::kTimeout, "late", "wait");
  CHECK(unknown.answer->error().code == Code::kOutcomeUnknown);
  CHECK(bench.engine.operationsInFlight() == 0);
  bench.engine.close(0);
  CHECK(liveFrames() == 0);
}

TEST_CASE("A write that only waits for its turn is a timeout when it is given up") {
  Bench bench(kKv);
  const Engine::CallResult first = bench.start(set("a", "1"));
  REQUIRE(first.requests.front().verb == Verb::kWrite);
  const Engine::CallResult second = bench.start(set("a", "2"));
  REQUIRE(second.requests.front().verb == Verb::kSleep);
  const Engine::CallResult gone =
      bench.engine.giveUp(second.slot, second.sequence, Code::kTimeout, "late", "wait");
  CHECK(gone.answer->error().code == Code::kTimeout);
}

TEST_CASE("10,000 operations whose callers died are reaped, and no frame is left") {
  {
    Bench bench(kKv, 256U << 20);
    for (int i = 0; i < 10'000; ++i) {
      REQUIRE(
          bench.start(i % 2 == 0 ? get("k" + std::to_string(i)) : set("k" + std::to_string(i), "v"))
              .kind == Engine::Kind::kSuspended);
    }
    CHECK(bench.engine.operationsInFlight() == 10'000);
    CHECK(liveFrames() >= 10'000);
    const Engine::CallResult last = bench.start(get("last"), kNow + 20'000);
    CHECK(bench.engine.operationsInFlight() == 1);
    CHECK(bench.answer(last.slot, last.sequence, "1").kind == Engine::Kind::kAnswered);
    bench.engine.close(0);
    CHECK(bench.engine.bytesInFlight() == 0);
    CHECK(liveFrames() == 0);
  }
}

TEST_CASE("Operations within their deadline are not reaped") {
  Bench bench(kKv);
  Call patient = get("a");
  patient.deadlineMs = 60'000;
  const Engine::CallResult begun = bench.start(patient);
  static_cast<void>(bench.start(get("b"), kNow + 30'000));
  CHECK(bench.engine.operationsInFlight() == 2);
  CHECK(bench.answer(begun.slot, begun.sequence, "1").kind == Engine::Kind::kAnswered);
}

TEST_CASE("1,000 operations in flight with replies in random order each get their own") {
  Bench bench(kKv, 64U << 20);
  std::vector<std::pair<Engine::CallResult, int>> begun;
  for (int i = 0; i < 1000; ++i) begun.emplace_back(bench.start(get("k" + std::to_string(i))), i);
  std::uint64_t state = 42;
  for (std::size_t i = begun.size(); i > 1; --i) {
    state = state * 6364136223846793005ULL + 1442695040888963407ULL;
    std::swap(begun[i - 1], begun[(state >> 33) % i]);
  }
  for (const auto& [one, number] : begun) {
    const std::string value = "value " + std::to_string(number);
    const Engine::CallResult& done = bench.answer(one.slot, one.sequence, value);
    REQUIRE(done.kind == Engine::Kind::kAnswered);
    CHECK((*done.answer)->value() == value);
  }
  CHECK(bench.engine.operationsInFlight() == 0);
}
