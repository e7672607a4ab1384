#include "wasm/contract/admit.h"

#include <cmath>
#include <string_view>

#include "wasm/contract/capability.h"
#include "wasm/contract/expiry.h"
#include "wasm/contract/key.h"
#include "wasm/contract/limits.h"
#include "wasm/contract/version.h"
#include "wasm/core/joined.h"
#include "wasm/records/record.h"
#include "wasm/text/utf8.h"

namespace kvista {
namespace {

Result<void> checkVersion(const Request& request) {
  if (!request.has(flag::kHasExtra) || isVersion(request.extra)) return {};
  return fail(Code::kInvalidArgument, "the version is not 32 lower-case hexadecimal digits",
              "pass the version that a read or a write of the key returned, or null for absent");
}

Result<void> checkCapability(const Request& request, std::uint32_t capabilities) {
  const auto refuse = [](std::string_view what) {
    return fail(Code::kUnsupported, joined({"this store cannot do ", what, " atomically"}),
                "use memory, Redis through a whole client, Durable Objects or a directory");
  };
  switch (request.op) {
    case Op::kCompareAndSet:
    case Op::kCompareAndDelete:
      if ((capabilities & capability::kCompareAndSet) == 0) return refuse("compare-and-set");
      break;
    case Op::kPatch:
      if ((capabilities & capability::kPatch) == 0) return refuse("a patch");
      break;
    default:
      break;
  }
  if (request.expiryKind != ExpiryKind::kNone && (capabilities & capability::kExpiry) == 0) {
    return noExpiry();
  }
  return {};
}

bool takesKey(Op op) {
  return op != Op::kList && op != Op::kPage && op != Op::kGetMany && op != Op::kSetMany &&
         op != Op::kDeleteMany && op != Op::kDiagnose && op != Op::kSweep;
}

}  // namespace

std::unexpected<Error> noExpiry() {
  return fail(Code::kUnsupported, "this store has no expiry", "set the key without one");
}

Result<void> checkValueSize(std::size_t bytes) {
  if (bytes <= kMaxValueBytes) return {};
  return fail(Code::kTooLarge,
              joined({"the value has ", bytes, " bytes as UTF-8; the limit is ", kMaxValueBytes}),
              "keep the bytes of a file in the data store, and only what describes it here");
}

Result<void> checkValue(std::string_view value, std::uint8_t flags) {
  if (Result<void> ok = checkValueSize(value.size()); !ok) return ok;
  const bool malformed =
      (flags & flag::kValueMalformed) != 0 || ((flags & flag::kCheckUtf8) != 0 && !isUtf8(value));
  if (malformed) {
    return fail(Code::kInvalidValue, "the value is not well-formed Unicode text",
                "a value is text: encode binary data, with Base64 for example");
  }
  return {};
}

Result<void> admit(Request& request, std::uint32_t capabilities) {
  const bool wellFormed = !request.has(flag::kKeyMalformed);
  // Calls between kvista's own parts; one may reach an object after its deadline.
  const bool isInternal = request.op >= Op::kObjectConfirm;
  if (!isInternal) {
    if (Result<void> able = checkCapability(request, capabilities); !able) return able;
  }
  // Without an end an operation would not be reaped.
  const bool isInTime = isInternal || request.deadlineMs > request.nowMs;
  if (!isInTime || !std::isfinite(request.deadlineMs)) {
    return fail(Code::kInvalidArgument, "deadlineMs is not a finite number greater than 0",
                "give the milliseconds that the call may take");
  }
  if (isInternal) return {};
  if (Result<void> ok = checkNamespace(request.nameSpace); !ok) return ok;
  if (request.op == Op::kList || request.op == Op::kPage) {
    if (Result<void> ok = checkPrefix(request.nameSpace, request.key, wellFormed); !ok) return ok;
    if (request.op == Op::kPage && !(request.number >= 1 && request.number <= kMaxPageKeys &&
                                     std::floor(request.number) == request.number)) {
      return fail(Code::kInvalidArgument,
                  joined({"limit is not an integer from 1 to ", kMaxPageKeys}),
                  joined({"ask for at most ", kMaxPageKeys, " keys and go on from the cursor"}));
    }
    return {};
  }
  if (takesKey(request.op)) {
    if (Result<void> ok = checkKey(request.nameSpace, request.key, wellFormed); !ok) return ok;
  }
  if (request.op == Op::kSet || request.op == Op::kCompareAndSet) {
    if (Result<void> ok = checkValue(request.value, request.flags); !ok) return ok;
    if (request.recordUse != 0) {
      const RecordKind kind = RecordUse::of(request.recordUse).kind;
      if (Result<void> ok = checkRecord(kind, request.value, Code::kInvalidValue); !ok) return ok;
    }
  }
  if (Result<void> ok = checkVersion(request); !ok) return ok;
  if (request.op == Op::kCompareAndDelete && !request.has(flag::kHasExtra)) {
    return fail(Code::kInvalidArgument, "a conditional delete needs the version that it expects",
                "pass the version, or use delete");
  }
  if (request.itemCount > kMaxBatchKeys) {
    return fail(
        Code::kInvalidArgument,
        joined({"the batch has ", request.itemCount, " keys; the limit is ", kMaxBatchKeys}),
        "split it into several batches");
  }
  Result<std::optional<std::int64_t>> expiry =
      resolveExpiry(request.expiryKind, request.expiryNumber, request.nowMs);
  if (!expiry) return std::unexpected(std::move(expiry.error()));
  request.expiresAt = *expiry;
  return {};
}

}  // namespace kvista
