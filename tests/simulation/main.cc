// simulate FIRST COUNT STORE STOP: runs the seeds FIRST to FIRST + COUNT - 1 whose store is STORE,
// or all of them (`all`), and prints what went wrong and what occurred. With STOP `1` it ends after
// the first seed that fails. The front is scripts/simulate.ts.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "tests/simulation/shrink.h"

using namespace kvista::simulation;

namespace {

void print(const std::string& text) { std::fwrite(text.data(), 1, text.size(), stdout); }

// The shrunk run, per client and time.
void tell(const WorldKind& kind, const Shrunk& shrunk) {
  print("FAILED " + shrunk.problem.kind + ": seed " + std::to_string(shrunk.plan.seed) + " over " +
        kind.name + "\n" + shrunk.problem.text + "\n");
  print("replay: npm run simulate -- --seed " + std::to_string(shrunk.plan.seed) + "\n");
  print("shrunk to " + std::to_string(shrunk.plan.operations.size()) + " operations and " +
        std::to_string(shrunk.faults.size()) + " faults:\n");
  std::vector<std::pair<double, std::string>> lines;
  for (const Record& one : shrunk.ran.history.records) {
    lines.emplace_back(one.beginMs, describe(one, shrunk.ran.zeroMs));
  }
  for (const Faults::Struck& one : shrunk.ran.struck) {
    char when[32];
    std::snprintf(when, sizeof when, "%10.3f", one.atMs - shrunk.ran.zeroMs);
    lines.emplace_back(
        one.atMs, std::string(when) + " ms  fault: " + std::string(one.kind) + ", at " + one.where);
  }
  std::ranges::stable_sort(lines, {}, &std::pair<double, std::string>::first);
  for (const auto& [when, line] : lines) print("  " + line + "\n");
}

bool runSeed(std::uint64_t seed, const WorldKind& kind, Tally& tally, std::uint64_t& calls) {
  const Plan plan = planFor(seed, kind.abilities);
  tally.count("store", kind.name);
  Ran ran = run(kind, plan, tally);
  calls += ran.history.calls;
  if (ran.problems.empty()) return true;
  const Problem problem = ran.problems.front();
  tell(kind, shrink(kind, plan, std::move(ran), problem));
  std::fflush(stdout);
  return false;
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 5) {
    print("usage: simulate FIRST COUNT STORE STOP; npm run simulate is the front\n");
    return 2;
  }
  const std::uint64_t first = std::strtoull(arguments[1], nullptr, 10);
  const std::uint64_t seeds = std::strtoull(arguments[2], nullptr, 10);
  const std::string_view store = arguments[3];
  const bool stops = std::string_view(arguments[4]) == "1";
  Tally tally;
  std::uint64_t calls = 0;
  std::uint64_t failures = 0;
  for (std::uint64_t i = 0; i < seeds && !(stops && failures > 0); ++i) {
    const WorldKind& kind = kindOf(first + i);
    if (store != "all" && store != kind.name) continue;
    if (!runSeed(first + i, kind, tally, calls)) ++failures;
  }
  print(tally.lines());
  print("operations: " + std::to_string(calls) + "\n");
  return failures == 0 ? 0 : 1;
}
