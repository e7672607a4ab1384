#include "tests/simulation/key-model.h"

namespace kvista::simulation {
namespace {

using Kind = KeyOperation::Kind;
using Effect = KeyOperation::Effect;

double momentMs(std::int64_t expiresAt) { return static_cast<double>(expiresAt) * 1000; }

// What is written with an expiry that had passed when the write began is not there for anybody.
KeyState stateAfter(const KeyOperation& operation, int value, std::int64_t expiresAt) {
  if (expiresAt != kNever && operation.beginMs >= momentMs(expiresAt)) return {};
  return {value, expiresAt};
}

void applyPatch(const KeyOperation& operation, const KeyState& state, bool isLive,
                const Merge& merge, NextStates& next) {
  const std::optional<int> value = isLive ? merge(state.value, operation.patch) : std::nullopt;
  if (operation.effect == Effect::kRefused) {
    const bool asTold = operation.expected == kNoJson ? isLive && !value : !isLive;
    if (asTold) next.add(state);
    return;
  }
  if (!value) return;
  const std::int64_t expiresAt = operation.keepsExpiry ? state.expiresAt : operation.expiresAt;
  if (operation.effect == Effect::kDone) {
    if (operation.value != *value) return;
    if (operation.knowsExpiry && operation.expiresAt != expiresAt) return;
  }
  next.add(stateAfter(operation, *value, expiresAt));
}

// The same where it is certain whether the key's value lives.
void applyTo(const KeyOperation& operation, const KeyState& state, bool isLive, const Merge& merge,
             NextStates& next) {
  const bool matches =
      operation.expected == kAbsent ? !isLive : isLive && state.value == operation.expected;
  switch (operation.kind) {
    case Kind::kRead:
      if (operation.value == kAbsent) {
        if (!isLive) next.add(state);
      } else if (isLive && state.value == operation.value &&
                 (!operation.knowsExpiry || state.expiresAt == operation.expiresAt)) {
        next.add(state);
      }
      return;
    case Kind::kPresence:
      if (isLive == (operation.value != kAbsent)) next.add(state);
      return;
    case Kind::kSet:
      next.add(stateAfter(operation, operation.value, operation.expiresAt));
      return;
    case Kind::kRemove:
      next.add({});
      return;
    case Kind::kReplaceIf:
    case Kind::kRemoveIf:
      if (operation.effect == Effect::kRefused) {
        if (!matches) next.add(state);
      } else if (matches && operation.kind == Kind::kRemoveIf) {
        next.add({});
      } else if (matches) {
        next.add(stateAfter(operation, operation.value, operation.expiresAt));
      }
      return;
    case Kind::kPatch:
      applyPatch(operation, state, isLive, merge, next);
      return;
  }
}

}  // namespace

bool changes(const KeyOperation& operation) {
  return operation.kind != Kind::kRead && operation.kind != Kind::kPresence &&
         operation.effect != Effect::kRefused;
}

NextStates apply(const KeyOperation& operation, const KeyState& state, const Merge& merge) {
  NextStates next;
  const bool mayLive = state.value != kAbsent &&
                       (state.expiresAt == kNever || operation.beginMs < momentMs(state.expiresAt));
  const bool mayBeGone = state.value == kAbsent || (state.expiresAt != kNever &&
                                                    operation.endMs >= momentMs(state.expiresAt));
  if (mayLive) applyTo(operation, state, true, merge, next);
  if (mayBeGone) applyTo(operation, state, false, merge, next);
  return next;
}

}  // namespace kvista::simulation
