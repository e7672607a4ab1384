// What happened in one run: every operation with when it began and ended, and what it was told.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "tests/native/support/call.h"
#include "tests/simulation/key-operation.h"
#include "tests/simulation/plan.h"

namespace kvista::simulation {

struct Record {
  const Planned* planned = nullptr;  // null of a final look
  std::size_t client = 0;
  std::size_t isolate = 0;
  // As it was asked; of a paging, its first page.
  test::Call call{};
  // What a conditional write expected, if that was a version which somebody saw.
  std::optional<std::string> expectedValue{};
  std::uint64_t begin = 0;
  std::uint64_t end = kOpen;
  double beginMs = 0;
  double endMs = 0;
  // What it was told; of a paging its last page, with the keys of all.
  test::Told told{};
  std::vector<std::size_t> pageSizes{};
  bool isOrdered = true;
};

struct History {
  std::uint64_t calls = 0;
  std::vector<Record> records{};
};

// One line: who, when, what, and what was told.
[[nodiscard]] std::string describe(const Record& record, double zeroMs);

}  // namespace kvista::simulation
