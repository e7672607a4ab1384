#include "wasm/contract/settle.h"

#include "wasm/contract/version.h"

namespace kvista {

Settling settleBy(const Request& write, const Answer& now) {
  const bool expectsVersion = write.has(flag::kHasExtra);
  switch (write.op) {
    case Op::kDelete:
      // An unfinished removal may be taken up again: nothing was written since.
      if (now.present) return Settling::kUnknown;
      return now.number != 0 ? Settling::kTryAgain : Settling::kDone;
    case Op::kSet:
    case Op::kCompareAndSet:
      if (now.present && now.version == versionOf(write.value) &&
          now.expiresAt == write.expiresAt) {
        return Settling::kDone;
      }
      break;
    default:
      break;
  }
  if (write.op == Op::kCompareAndSet || expectsVersion) {
    const bool isOld = expectsVersion ? now.present && now.version == write.extra : !now.present;
    if (isOld) return Settling::kTryAgain;
  }
  return Settling::kUnknown;
}

Answer written(const Request& write) {
  Answer answer;
  answer.expiresAt = write.expiresAt;
  return answer;
}

}  // namespace kvista
