// What is checked of the histories of keys, by what a store promises.
#pragma once

#include "tests/simulation/observe.h"

namespace kvista::simulation {

struct Checked {
  const History& history;
  double zeroMs;
  Values& values;
  Problems& problems;
  void report(std::string kind, const std::string& what, const std::string& key,
              const KeyOperation& at) const;
};

// All operations in one order: for stores that are linearizable (linearizability.h).
void checkOneOrder(const Checked& checked, const std::string& key,
                   std::vector<KeyOperation> operations, bool showsLate);

// Of a listing that may show a key while it is being removed, or after a removal that failed: that
// nothing else shows a key which is not there (lateness.cc).
void checkShown(const Checked& checked, const std::string& key,
                const std::vector<KeyOperation>& operations);

// What Workers KV promises: no value that was not written, none that has expired, none that is
// older than its staleness allows; in the end, nothing that was acknowledged is lost
// (staleness.cc).
void checkStale(const Checked& checked, const std::string& key,
                const std::vector<KeyOperation>& operations, double stalenessMs);

// What only looked at a key, while a write was under way that a loss of power ended, may have seen
// what was undone by it: it says nothing (power.cc).
void forgetUndone(std::vector<KeyOperation>& operations, const History& history,
                  const std::vector<double>& powerLosses);

// Whether a write may have had an effect that is over before `moment` among all begins and ends.
[[nodiscard]] bool isOverBefore(const KeyOperation& write, std::uint64_t moment);

}  // namespace kvista::simulation
