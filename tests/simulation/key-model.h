// What one operation means to one key, as a model: no code of the core.
#pragma once

#include <array>
#include <compare>
#include <span>

#include "tests/simulation/linearizability.h"

namespace kvista::simulation {

struct KeyState {
  int value = kAbsent;
  std::int64_t expiresAt = kNever;
  auto operator<=>(const KeyState&) const = default;
};

// The states that an operation may leave: none if it could not have told what it did.
class NextStates {
 public:
  void add(const KeyState& state) { states_[count_++] = state; }
  [[nodiscard]] std::span<const KeyState> all() const { return {states_.data(), count_}; }

 private:
  std::array<KeyState, 2> states_{};
  std::size_t count_ = 0;
};

[[nodiscard]] bool changes(const KeyOperation& operation);
[[nodiscard]] NextStates apply(const KeyOperation& operation, const KeyState& state,
                               const Merge& merge);

}  // namespace kvista::simulation
