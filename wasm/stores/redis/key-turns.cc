#include "wasm/stores/redis/key-turns.h"

namespace kvista {

KeyTurns::Turn::~Turn() {
  const auto at = turns_.holders_.find(key_);
  if (at != turns_.holders_.end() && at->second.turn == this) turns_.holders_.erase(at);
}

bool KeyTurns::Turn::take(double nowMs, double untilMs) {
  Holder& holder = turns_.holders_[key_];
  const bool isFree = holder.turn == nullptr || holder.turn == this || nowMs > holder.untilMs;
  if (isFree) holder = {this, untilMs};
  return isFree;
}

}  // namespace kvista
