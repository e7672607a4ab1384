// Tasks: when they run, what they leave, and what happens when there is no memory for one.
#include "wasm/core/task.h"

#include <cstdlib>
#include <new>
#include <string>

#include <catch2/catch_test_macros.hpp>

#include "tests/native/support/backend.h"

using namespace kvista;
using namespace kvista::test;

namespace {

// How many nothrow allocations succeed before one fails; negative: all do.
long allocationsLeft = -1;

struct Counted {
  Counted() { ++alive; }
  Counted(const Counted&) { ++alive; }
  Counted(Counted&&) noexcept { ++alive; }
  Counted& operator=(const Counted&) = default;
  Counted& operator=(Counted&&) noexcept = default;
  ~Counted() { --alive; }
  static inline int alive = 0;
};

Task<int> one() { co_return 1; }
Task<int> addUp(int count) {
  int sum = 0;
  for (int i = 0; i < count; ++i) {
    Result<int> more = co_await one();
    if (!more) co_return std::unexpected(std::move(more.error()));
    sum += *more;
  }
  co_return sum;
}
Task<int> chain(int depth) {
  if (depth == 0) co_return 0;
  Result<int> rest = co_await chain(depth - 1);
  if (!rest) co_return std::unexpected(std::move(rest.error()));
  co_return *rest + 1;
}
Task<Counted> hold(Counted held) { co_return held; }
Task<int> holdMany() {
  const Counted local;
  for (int i = 0; i < 10; ++i) {
    Result<Counted> got = co_await hold(local);
    if (!got) co_return std::unexpected(std::move(got.error()));
  }
  co_return 10;
}
Task<int> never(bool* ran) {
  *ran = true;
  co_return 1;
}

}  // namespace

// Frames are allocated by the nothrow form, and by nothing else.
void* operator new(std::size_t bytes, const std::nothrow_t&) noexcept {
  if (allocationsLeft == 0) return nullptr;
  if (allocationsLeft > 0) --allocationsLeft;
  try {
    return ::operator new(bytes);
  } catch (...) {
    return nullptr;
  }
}

TEST_CASE("A task runs nothing until it is started") {
  bool ran = false;
  {
    const Task<int> task = never(&ran);
    CHECK(liveFrames() == 1);
  }
  CHECK_FALSE(ran);
  CHECK(liveFrames() == 0);
}

TEST_CASE("100,000 tasks awaited one after the other give their sum and leave no frame") {
  {
    Task<int> task = addUp(100'000);
    task.start();
    REQUIRE(task.done());
    CHECK(task.takeResult() == 100'000);
  }
  CHECK(liveFrames() == 0);
}

TEST_CASE("A task's values are destroyed as often as they were made") {
  {
    Task<int> task = holdMany();
    task.start();
    CHECK(task.takeResult() == 10);
  }
  CHECK(Counted::alive == 0);
}

TEST_CASE("Wherever the memory for a frame runs out, the task fails and leaves nothing") {
  for (long allowed = 0;; ++allowed) {
    allocationsLeft = allowed;
    bool failedThere = false;
    {
      Task<int> task = chain(20);
      task.start();
      REQUIRE(task.done());
      const Result<int> result = task.takeResult();
      allocationsLeft = -1;
      failedThere = !result;
      if (failedThere) {
        CHECK(result.error().code == Code::kOutOfMemory);
        CHECK_FALSE(result.error().hint.empty());
      } else {
        CHECK(*result == 20);
      }
    }
    CHECK(liveFrames() == 0);
    if (!failedThere) {
      CHECK(allowed == 21);
      return;
    }
    REQUIRE(allowed < 100);
  }
}

TEST_CASE("Wherever a value is held when the memory runs out, it is destroyed") {
  for (long allowed = 0; allowed < 20; ++allowed) {
    allocationsLeft = allowed;
    {
      Task<int> task = holdMany();
      task.start();
      static_cast<void>(task.takeResult());
    }
    allocationsLeft = -1;
    CHECK(Counted::alive == 0);
    CHECK(liveFrames() == 0);
  }
}

TEST_CASE(
    "An operation without memory for its frames fails with OUT_OF_MEMORY, and the next one works") {
  for (const char* kind : {"cloudflare-kv", "durable-object-storage"}) {
    Backend world(kind);
    REQUIRE(world.driver().run(set("a", "1")).ok());
    for (long allowed = 0; allowed < 4; ++allowed) {
      allocationsLeft = allowed;
      const std::shared_ptr<const Told> told = world.driver().start(get("a"));
      allocationsLeft = -1;
      REQUIRE(world.loop.runUntil([&] { return told->done; }));
      if (told->error) CHECK(told->code() == Code::kOutOfMemory);
    }
    CHECK(world.driver().run(get("a")).value == "1");
    CHECK(world.driver().engine().operationsInFlight() == 0);
  }
}
