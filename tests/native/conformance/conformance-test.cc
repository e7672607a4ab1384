// The conformance suite, over every store on fake hosts in virtual time.
#include "tests/native/conformance/conformance.h"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <catch2/generators/catch_generators_range.hpp>

#include "wasm/core/task.h"

using namespace kvista;
using namespace kvista::test;

namespace {

void keepsTheContract(const char* kind) {
  const std::vector<Case>& cases = conformanceCases();
  REQUIRE(cases.size() >= 150);
  const Case& one = cases[GENERATE(range(std::size_t{0}, conformanceCases().size()))];
  {
    Backend backend(kind);
    const std::uint32_t capabilities = backend.capabilities();
    if ((capabilities & one.needs) != one.needs || (capabilities & one.lacks) != 0) return;
    // Writes of one key that are under way at the same time are concurrent there.
    if (one.traits.contains("order") && backend.kind == "durable-object") return;
    runCase(backend, one);
    // An answer lives until the engine's next call.
    backend.driver().engine().close(0);
    CHECK(backend.driver().engine().operationsInFlight() == 0);
    CHECK(backend.driver().engine().bytesInFlight() == 0);
  }
  CHECK(liveFrames() == 0);
}

}  // namespace

TEST_CASE("The memory store keeps the contract") { keepsTheContract("memory"); }

TEST_CASE("The Workers KV store keeps the contract") { keepsTheContract("cloudflare-kv"); }

TEST_CASE("The Durable Objects store keeps the contract") { keepsTheContract("durable-object"); }

TEST_CASE("The filesystem store keeps the contract") { keepsTheContract("file"); }

TEST_CASE("The Redis store keeps the contract") { keepsTheContract("redis"); }

TEST_CASE("The Redis store over a cluster keeps the contract") {
  keepsTheContract("redis-cluster");
}

TEST_CASE("The store over an object with get, set, del and scan keeps the contract") {
  keepsTheContract("redis-like");
}

TEST_CASE("The store in an object's storage keeps the contract") {
  keepsTheContract("durable-object-storage");
}
