#include "tests/simulation/checks.h"

#include <algorithm>

#include "tests/simulation/linearizability.h"

namespace kvista::simulation {

void Checked::report(std::string kind, const std::string& what, const std::string& key,
                     const KeyOperation& at) const {
  problems.push_back({std::move(kind), "key " + key + ", " + what + ":\n  " +
                                           describe(history.records[at.record], zeroMs)});
}

void checkOneOrder(const Checked& checked, const std::string& key,
                   std::vector<KeyOperation> operations, bool showsLate) {
  const Merge merge = [&](int value, int patch) { return checked.values.merged(value, patch); };
  if (showsLate) {
    std::erase_if(operations, [](const KeyOperation& one) {
      return one.kind == KeyOperation::Kind::kPresence && one.value != kAbsent;
    });
  }
  Judgement judgement = judge(operations, merge);
  if (judgement.verdict == Verdict::kLinearizable) return;
  if (judgement.verdict == Verdict::kUndecided) {
    return checked.report("undecided", "whose history is too entangled to be decided", key,
                          operations[judgement.stuckAt]);
  }
  // Is it a listing alone that does not fit?
  std::vector<KeyOperation> others = operations;
  std::erase_if(others,
                [](const KeyOperation& one) { return one.kind == KeyOperation::Kind::kPresence; });
  const bool isListing = judge(others, merge).verdict == Verdict::kLinearizable;
  checked.report(isListing ? "listing" : "linearizability",
                 isListing ? "no order of the operations explains what this listing shows of it"
                           : "no order of the operations explains what this one was told",
                 key, operations[judgement.stuckAt]);
}

}  // namespace kvista::simulation
