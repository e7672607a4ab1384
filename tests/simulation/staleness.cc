#include <algorithm>

#include "tests/simulation/checks.h"

namespace kvista::simulation {
namespace {

using Kind = KeyOperation::Kind;
using Effect = KeyOperation::Effect;

bool isWrite(const KeyOperation& one) {
  return one.kind == Kind::kSet || one.kind == Kind::kRemove;
}

// Whether `first` certainly took effect for the last time before `second` did for the first: it was
// over before, or both were acknowledged by one isolate, which keeps the order of its writes.
bool precedes(const KeyOperation& first, const KeyOperation& second) {
  if (second.effect != Effect::kDone) return false;
  if (isOverBefore(first, second.begin)) return true;
  return first.effect == Effect::kDone && first.isolate == second.isolate &&
         first.begin < second.begin;
}

// Whether the write may be why a read finds this.
bool fits(const KeyOperation& write, const KeyOperation& read) {
  const double momentMs = static_cast<double>(write.expiresAt) * 1000;
  const bool mayHaveExpired =
      write.kind == Kind::kRemove || (write.expiresAt != kNever && read.endMs >= momentMs);
  if (read.value == kAbsent) return mayHaveExpired;
  if (write.kind == Kind::kRemove) return false;
  if (write.expiresAt != kNever && read.beginMs >= momentMs) return false;
  if (read.kind == Kind::kPresence) return true;
  return write.value == read.value && (!read.knowsExpiry || read.expiresAt == write.expiresAt);
}

}  // namespace

void checkStale(const Checked& checked, const std::string& key,
                const std::vector<KeyOperation>& operations, double stalenessMs) {
  std::vector<KeyOperation> writes;
  // Before everything there is nothing.
  KeyOperation nothing{.kind = Kind::kRemove};
  nothing.end = 0;
  writes.push_back(nothing);
  std::ranges::copy_if(operations, std::back_inserter(writes), isWrite);
  for (const KeyOperation& read : operations) {
    if (isWrite(read)) continue;
    bool isWritten = false;
    bool isRecent = false;
    for (const KeyOperation& write : writes) {
      if (write.begin >= read.end || !fits(write, read)) continue;
      isWritten = true;
      // Replaced so long before the read that even a stale one must not find it?
      isRecent = isRecent || std::ranges::none_of(writes, [&](const KeyOperation& later) {
                   return precedes(write, later) && isOverBefore(later, read.begin) &&
                          later.endMs < read.beginMs - stalenessMs;
                 });
    }
    if (!isWritten) {
      checked.report("stale", "nothing that was written explains what this read found", key, read);
    } else if (!isRecent) {
      checked.report("acknowledged-lost",
                     "what this read found had been replaced, and that was acknowledged", key,
                     read);
    }
  }
}

}  // namespace kvista::simulation
