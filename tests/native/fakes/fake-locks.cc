#include "tests/native/fakes/fake-locks.h"

namespace kvista::test {

bool FakeLocks::take(const std::string& name, const Owner& owner) {
  return held_.try_emplace(name, owner).first->second == owner;
}

bool FakeLocks::has(const std::string& name, const Owner& owner) const {
  return ownerOf(name) == owner;
}

FakeLocks::Owner FakeLocks::ownerOf(const std::string& name) const {
  const auto found = held_.find(name);
  return found == held_.end() ? nullptr : found->second;
}

void FakeLocks::give(const std::string& name, const Owner& owner) {
  if (has(name, owner)) held_.erase(name);
}

bool LeaseSight::mayBreak(const LockOwner& owner, double nowMs) {
  if (owner.isKnown) return owner.isDead;
  const double shownMs = owner.silentSinceMs.value_or(nowMs);
  const auto [seen, isNew] = seen_.try_emplace(owner.name, Seen{shownMs, nowMs});
  if (isNew || seen->second.shownMs != shownMs) {
    seen->second = {shownMs, nowMs};
    return false;
  }
  return nowMs - seen->second.sinceMs >= FakeLocks::kLeaseMs;
}

}  // namespace kvista::test
