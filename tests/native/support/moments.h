// Histories written by hand, for the tests of the simulator's checks.
#pragma once

#include "tests/simulation/key-operation.h"

namespace kvista::simulation {

// An operation from one moment to another. The clock shows 1 ms a moment.
inline KeyOperation at(std::uint64_t begin, std::uint64_t end, KeyOperation operation) {
  operation.begin = begin;
  operation.end = end;
  operation.beginMs = static_cast<double>(begin);
  operation.endMs = end == kOpen ? 1e18 : static_cast<double>(end);
  return operation;
}

}  // namespace kvista::simulation
