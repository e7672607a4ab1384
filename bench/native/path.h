// One path through the core, walked a number of times under valgrind, which counts the functions
// that the shim calls and not the host that answers them (bench/rows/instructions.ts).
#pragma once

#include <cstddef>
#include <functional>
#include <string>

#include "tests/native/support/driver.h"

namespace kvista::bench {

// How often the path is walked: KVISTA_BENCH_OPERATIONS, which has to be set. What a run without
// any takes is what comes before.
[[nodiscard]] std::size_t operations();

// Runs the calls for 0, 1, …, after some of them to warm up. REQUIRES: each succeeds.
void walk(test::Driver& driver, const std::function<test::Call(std::size_t)>& callAt);

inline constexpr std::size_t kKeys = 1000;

// A key of an upload, one of kKeys.
[[nodiscard]] std::string keyAt(std::size_t i);
// An upload's record of that many bytes.
[[nodiscard]] std::string recordOf(std::size_t bytes);

// Sets all the keys.
void fill(test::Driver& driver, const std::string& value);

}  // namespace kvista::bench
