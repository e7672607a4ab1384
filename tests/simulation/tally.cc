#include "tests/simulation/tally.h"

#include <algorithm>

#include "tests/native/support/check.h"

namespace kvista::simulation {

namespace {

const Row* find(std::string_view group, std::string_view name) {
  return std::ranges::find_if(
      kRows, [&](const Row& one) { return one.group == group && one.name == name; });
}

}  // namespace

bool Tally::knows(std::string_view group, std::string_view name) {
  return find(group, name) != std::end(kRows);
}

void Tally::count(std::string_view group, std::string_view name, std::uint64_t more) {
  const Row* const row = find(group, name);
  test::ensure(row != std::end(kRows), "the table of what occurs has no such row");
  counts_[static_cast<std::size_t>(row - kRows)] += more;
}

std::string Tally::lines() const {
  std::string lines;
  for (std::size_t i = 0; i < counts_.size(); ++i) {
    lines.append("count ").append(kRows[i].group).append("/").append(kRows[i].name);
    lines.append(": ").append(std::to_string(counts_[i])).append("\n");
  }
  return lines;
}

}  // namespace kvista::simulation
