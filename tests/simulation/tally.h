// How often each thing occurred that a run must contain. What may be counted is declared in one
// table, so that what never occurred is told as a zero.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace kvista::simulation {

// A group, and what of it is counted: "fault", "operation", "code", "store" or "path".
struct Row {
  std::string_view group;
  std::string_view name;
};

inline constexpr Row kRows[] = {
    {"store", "memory"},
    {"store", "storage"},
    {"store", "objects"},
    {"store", "kv"},
    {"store", "file"},
    {"store", "redis"},
    {"store", "redis-cluster"},
    {"operation", "get"},
    {"operation", "entry"},
    {"operation", "set"},
    {"operation", "delete"},
    {"operation", "compareAndSet"},
    {"operation", "compareAndDelete"},
    {"operation", "patch"},
    {"operation", "getMany"},
    {"operation", "setMany"},
    {"operation", "deleteMany"},
    {"operation", "list"},
    {"operation", "page"},
    {"value", "large"},
    {"value", "of several chunks"},
    {"value", "that expires"},
    {"value", "set in the past"},
    {"fault", "delay"},
    {"fault", "reorder"},
    {"fault", "refuse"},
    {"fault", "refuse for good"},
    {"fault", "lose the reply"},
    {"fault", "never answer"},
    {"fault", "arrive after the deadline"},
    {"fault", "stale read"},
    {"fault", "throttle"},
    {"fault", "abort before a step"},
    {"fault", "abort after a step"},
    {"fault", "storage fault"},
    {"fault", "restart"},
    {"fault", "out of room"},
    {"fault", "send again"},
    {"fault", "kill a process"},
    {"fault", "hang"},
    {"fault", "lose power"},
    {"fault", "server down"},
    {"fault", "server loading"},
    {"fault", "server read-only"},
    {"fault", "move a slot"},
    {"fault", "fail over"},
    {"fault", "cluster down"},
    {"code", "VERSION_MISMATCH"},
    {"code", "NOT_FOUND"},
    {"code", "INVALID_VALUE"},
    {"code", "UNAVAILABLE"},
    {"code", "RATE_LIMITED"},
    {"code", "TIMEOUT"},
    {"code", "OUTCOME_UNKNOWN"},
    {"code", "OUT_OF_MEMORY"},
    {"path", "a read is repeated"},
    {"path", "a write is repeated after a proven refusal"},
    {"path", "a write of Workers KV is repeated"},
    {"path", "settled by reading: done"},
    {"path", "settled by reading: tried again"},
    {"path", "settled by reading: still unknown"},
    {"path", "a waiting write is carried by a later one"},
    {"path", "a catalog row is confirmed with its object"},
    {"path", "an alarm"},
    {"path", "a listing of several pages"},
};

class Tally {
 public:
  // Whether there is such a row.
  [[nodiscard]] static bool knows(std::string_view group, std::string_view name);
  // REQUIRES: it knows the row.
  void count(std::string_view group, std::string_view name, std::uint64_t more = 1);
  // One line a row: "count group/name: number".
  [[nodiscard]] std::string lines() const;

 private:
  std::array<std::uint64_t, std::size(kRows)> counts_{};
};

}  // namespace kvista::simulation
