#include "wasm/contract/settle.h"

#include "wasm/contract/version.h"

namespace kvista {

Settling settleBy(const Request& write, const Answer& now) {
  const bool expectsVersion = write.has(flag::kHasExtra);
  switch (write.op) {
    case Op::kDelete:
      return now.present ? Settling::kUnknown : Settling::kDone;
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
  const bool isOld = expectsVersion && now.present && now.version == write.extra;
  return isOld ? Settling::kTryAgain : Settling::kUnknown;
}

Answer acknowledgement(const Request& write) {
  Answer answer;
  answer.expiresAt = write.expiresAt;
  return answer;
}

}  // namespace kvista
