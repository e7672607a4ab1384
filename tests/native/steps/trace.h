// The requests of operations as short text, to pin what a store asks of its host.
#pragma once

#include <string>
#include <vector>

#include "tests/native/support/backend.h"

namespace kvista::test {

// "verb key" of each request, joined by " + ": one step.
[[nodiscard]] std::string describe(const Step& step);

// Records the steps of a backend's store, and of the objects and shards behind it, as "WHO: step".
class Trace {
 public:
  explicit Trace(Backend& backend);
  // What was recorded since the last time.
  [[nodiscard]] std::vector<std::string> take() { return std::exchange(steps_, {}); }

 private:
  std::vector<std::string> steps_;
};

}  // namespace kvista::test
