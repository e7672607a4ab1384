// Listings over Durable Objects: a key's catalog row goes after its value, so that a listing may
// show it while its removal is under way, and for some time after one that failed.
#include <algorithm>

#include "tests/simulation/checks.h"

namespace kvista::simulation {
namespace {

using Kind = KeyOperation::Kind;
using Effect = KeyOperation::Effect;

bool writesValue(const KeyOperation& one) {
  return one.kind == Kind::kSet || one.kind == Kind::kReplaceIf || one.kind == Kind::kPatch;
}
bool isWrite(const KeyOperation& one) {
  return one.kind != Kind::kRead && one.kind != Kind::kPresence && one.effect != Effect::kRefused;
}

// Whether a listing may show the key because of this write.
bool explains(const KeyOperation& write, const KeyOperation& listing) {
  if (write.begin >= listing.end) return false;
  if (write.effect == Effect::kMaybe) return true;
  const bool isUnderWay = write.end >= listing.begin;
  if (!writesValue(write)) return isUnderWay;
  const bool mayLive =
      write.expiresAt == kNever || listing.beginMs < static_cast<double>(write.expiresAt) * 1000;
  return isUnderWay || mayLive;
}

}  // namespace

bool isOverBefore(const KeyOperation& write, std::uint64_t moment) {
  return write.end != kOpen && write.end < moment;
}

void checkShown(const Checked& checked, const std::string& key,
                const std::vector<KeyOperation>& operations) {
  for (const KeyOperation& listing : operations) {
    if (listing.kind != Kind::kPresence || listing.value == kAbsent) continue;
    const bool isExplained = std::ranges::any_of(operations, [&](const KeyOperation& write) {
      if (!isWrite(write) || !explains(write, listing)) return false;
      // Not one that another write, done before the listing began, has certainly replaced.
      return std::ranges::none_of(operations, [&](const KeyOperation& later) {
        return isWrite(later) && later.effect == Effect::kDone &&
               isOverBefore(write, later.begin) && isOverBefore(later, listing.begin);
      });
    });
    if (!isExplained) {
      checked.report("listing", "which was certainly absent, and which this listing shows", key,
                     listing);
    }
  }
}

}  // namespace kvista::simulation
