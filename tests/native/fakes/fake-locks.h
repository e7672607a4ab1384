// The locks of a directory as processes share them (bindings/stores/file/file-locks.ts): who has one,
// what the others can tell of an owner, and when they break what it left.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>

namespace kvista::test {

// A process, as others see it.
struct LockOwner {
  std::string name;
  bool isDead = false;
  // The kernel tells the others whether it lives; else they go by when it last showed itself.
  bool isKnown = true;
  // It has not shown itself since; nothing while it goes on.
  std::optional<double> silentSinceMs{};
};

class FakeLocks {
 public:
  static constexpr double kLeaseMs = 60'000;
  using Owner = std::shared_ptr<LockOwner>;

  // Nobody has it now, or that one has it.
  [[nodiscard]] bool take(const std::string& name, const Owner& owner);
  [[nodiscard]] bool has(const std::string& name, const Owner& owner) const;
  [[nodiscard]] Owner ownerOf(const std::string& name) const;
  void give(const std::string& name, const Owner& owner);
  void breakLock(const std::string& name) { held_.erase(name); }
  [[nodiscard]] const std::map<std::string, Owner>& held() const { return held_; }

 private:
  std::map<std::string, Owner> held_{};
};

// What one process has seen of others that nobody can tell of (bindings/stores/file/lease.ts).
class LeaseSight {
 public:
  // Whether that owner is dead, or has been seen silent for a lease.
  [[nodiscard]] bool mayBreak(const LockOwner& owner, double nowMs);

 private:
  struct Seen {
    double shownMs = 0;
    double sinceMs = 0;
  };
  std::map<std::string, Seen> seen_{};
};

}  // namespace kvista::test
