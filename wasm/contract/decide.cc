#include "wasm/contract/decide.h"

#include "wasm/contract/expiry.h"
#include "wasm/contract/limits.h"
#include "wasm/contract/version.h"
#include "wasm/records/record.h"
#include "wasm/text/merge-patch.h"

namespace kvista {
namespace {

std::unexpected<Error> mismatch(const Request& request, const Current& current) {
  std::string_view message = "the key exists, and it was expected to be absent";
  if (!current.present) {
    message = "the key is absent, and a version was expected";
  } else if (request.has(flag::kHasExtra)) {
    message = "the key holds another version than the expected one";
  }
  return fail(Code::kVersionMismatch, message,
              "read the entry, apply the change to it, and try again with its version");
}

bool versionHolds(const Request& request, const Current& current) {
  const bool conditional = request.op == Op::kCompareAndSet || request.has(flag::kHasExtra);
  if (!conditional) return true;
  if (!request.has(flag::kHasExtra)) return !current.present;
  return current.present && current.version == request.extra;
}

bool isWholeRecord(const Request& request) {
  return request.recordUse != 0 && RecordUse::of(request.recordUse).isWhole;
}

// A whole record needs none before it.
bool needsSomething(const Request& request) {
  return request.op == Op::kPatch && !request.has(flag::kHasExtra) && !isWholeRecord(request);
}

Result<std::string> merged(const Request& request, const Current& current) {
  if (request.recordUse == 0) return mergePatch(current.value, request.value);
  const RecordUse use = RecordUse::of(request.recordUse);
  if (current.present) return mergeRecord(use, current.value, request.value);
  if (Result<void> ok = checkRecord(use.kind, request.value, Code::kInvalidValue); !ok) {
    return std::unexpected(std::move(ok.error()));
  }
  return std::string(request.value);
}

}  // namespace

bool needsCurrent(const Request& request) {
  return request.has(flag::kHasExtra) || (request.op != Op::kSet && request.op != Op::kDelete);
}

bool needsVersion(const Request& request) {
  return request.has(flag::kHasExtra) &&
         (request.op == Op::kCompareAndSet || request.op == Op::kCompareAndDelete ||
          request.op == Op::kPatch);
}

bool keepsExpiry(const Request& request) {
  return request.expiryKind == ExpiryKind::kNone && !isWholeRecord(request);
}

Result<Decision> decide(const Request& request, const Current& current) {
  using Action = Decision::Action;
  if (!current.present && needsSomething(request)) {
    return fail(Code::kNotFound, "there is nothing to patch: the key is absent",
                "write the whole value first, with set or compareAndSet");
  }
  if (!versionHolds(request, current)) return mismatch(request, current);
  Decision decision;
  if (request.op == Op::kDelete || request.op == Op::kCompareAndDelete) {
    decision.action = current.present ? Action::kRemove : Action::kNothing;
    return decision;
  }
  decision.expiresAt = request.expiresAt;
  if (request.op == Op::kPatch) {
    Result<std::string> value = merged(request, current);
    if (!value) return std::unexpected(std::move(value.error()));
    decision.merged = std::move(*value);
    if (keepsExpiry(request)) decision.expiresAt = current.expiresAt;
  }
  // An expiry in the past makes the key absent.
  if (isExpired(decision.expiresAt, request.nowMs)) {
    decision.action = current.present ? Action::kRemove : Action::kNothing;
  } else {
    decision.action = Action::kWrite;
  }
  return decision;
}

Answer answerWritten(const Request& request, Decision decision) {
  Answer answer;
  answer.expiresAt = decision.expiresAt;
  if (request.op == Op::kPatch) {
    answer.present = true;
    answer.version = versionOf(decision.value(request));
    answer.owned = std::move(decision.merged);
  } else if (request.has(flag::kWantVersion)) {
    answer.version = versionOf(request.value);
  }
  return answer;
}

}  // namespace kvista
