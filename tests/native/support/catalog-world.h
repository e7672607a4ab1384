// The Durable Objects store, with what a test asks about its catalog.
#pragma once

#include <catch2/catch_test_macros.hpp>

#include "tests/native/support/backend.h"

namespace kvista::test {

using Keys = std::vector<std::string>;

struct CatalogWorld : Backend {
  CatalogWorld() : Backend("durable-object") {}

  Told run(const Call& call) { return driver().run(call); }
  Keys listed(const std::string& prefix = "") {
    const Told told = run(list(prefix));
    REQUIRE(told.ok());
    return told.keys;
  }
  // Calls to the catalog that change it, since the last time this was asked.
  std::size_t catalogWrites() {
    std::size_t count = 0;
    for (; seen_ < objects.calls.size(); ++seen_) {
      const Op op = objects.calls[seen_].op;
      count += op == Op::kCatalogAdd || op == Op::kCatalogRemove || op == Op::kCatalogConfirm;
    }
    return count;
  }
  std::size_t confirmations() {
    std::size_t count = 0;
    for (; seen_ < objects.calls.size(); ++seen_)
      count += objects.calls[seen_].op == Op::kObjectConfirm;
    return count;
  }
  void finishFollowUps() { loop.advance(1000); }

 private:
  std::size_t seen_ = 0;
};

}  // namespace kvista::test
