#include "wasm/store/calling-store.h"

#include <algorithm>

#include "wasm/contract/listing.h"
#include "wasm/contract/settle.h"
#include "wasm/contract/version.h"

namespace kvista {
namespace {

// Calls at the same time in one batch, so that a batch of large values does not fill the memory
// with requests that have not been sent.
constexpr std::size_t kCallsPerStep = 64;

// Failures that a backend answers with, rather than one that is thrown on the way to it.
Failure failureOf(Error error) {
  const bool retryable = isRetryable(error.code);
  const bool unknown = error.code == Code::kOutcomeUnknown;
  return {std::move(error), retryable || unknown, unknown};
}

}  // namespace

Task<Answer> CallingStore::callOne(Operation& operation) {
  Result<Answer> answer = co_await call(operation, callOf(operation), std::nullopt);
  if (answer && operation.request().has(flag::kWantVersion) && answer->version.empty()) {
    answer->version = versionOf(operation.request().value);
  }
  co_return answer;
}

Task<Answer> CallingStore::call(Operation& operation, Request call, std::optional<Failure> before) {
  const bool isAWrite = isWrite(call.op);
  // Of a batch other writes may have been carried out already.
  const bool isOfBatch = before.has_value();
  // Once an attempt may have been carried out, a later refusal says nothing about it.
  bool inDoubt = false;
  std::optional<Failure> why = std::move(before);
  for (int attempt = 1;; ++attempt) {
    if (!why) {
      call.nowMs = operation.nowMs();
      std::string bytes;
      const HostRequest ask = hostRequest(call, bytes);
      if (isAWrite) operation.setWriteInDoubt(true);
      const HostReply& reply = (co_await operation.perform(ask)).front();
      if (reply.failed) {
        why = failureIn(call, reply);
      } else {
        Result<Answer> answer = answerIn(call, reply);
        if (answer) co_return answer;
        // What hinders a write that may have been sent twice may be its own value.
        const bool mayBeOurs =
            (inDoubt || !reply.extra.empty()) && answer.error().code == Code::kVersionMismatch;
        if (!mayBeOurs && answer.error().code != Code::kOutcomeUnknown &&
            !isRetryable(answer.error().code)) {
          co_return answer;
        }
        why = failureOf(std::move(answer.error()));
        why->mayBeCarriedOut = why->mayBeCarriedOut || mayBeOurs;
        why->mayHelpToRetry = why->mayHelpToRetry || mayBeOurs;
      }
    }
    inDoubt = isAWrite && (inDoubt || why->mayBeCarriedOut);
    if (isAWrite) operation.setWriteInDoubt(inDoubt || isOfBatch);
    if (inDoubt) {
      Request look = call;
      look.op = lookOp_;
      look.flags = 0;
      look.value = look.extra = {};
      look.expiryKind = ExpiryKind::kNone;
      Result<Answer> now = co_await this->call(operation, look, std::nullopt);
      const Settling settling = now ? settleBy(call, *now) : Settling::kUnknown;
      if (settling == Settling::kDone) co_return acknowledgement(call);
      if (settling == Settling::kUnknown) co_return std::unexpected(outcomeUnknown(why->error));
    }
    auto slept = co_await pause(operation, policy_, attempt, std::move(*why));
    if (!slept) {
      co_return std::unexpected(inDoubt ? outcomeUnknown(slept.error()) : std::move(slept.error()));
    }
    why.reset();
  }
}

std::vector<Request> CallingStore::callsOf(const Operation& operation,
                                           std::vector<AdmittedItem>& items) const {
  const Op op = opOfItems(operation.request().op);
  std::vector<Request> calls;
  for (AdmittedItem& one : items) {
    if (one.item.expiryKind != ExpiryKind::kNone && (capabilities() & capability::kExpiry) == 0) {
      one.error = noExpiry().error();
    }
    Request& call = calls.emplace_back(callOf(operation));
    call.op = op;
    call.recordUse = 0;  // the whole batch is checked, and its error names the key
    call.flags = 0;
    call.key = call.fullKey = one.item.fullKey;
    call.value = one.item.value;
    call.expiresAt = one.expiresAt;
    call.expiryKind = one.expiresAt ? ExpiryKind::kAt : ExpiryKind::kNone;
    call.expiryNumber = one.expiresAt ? static_cast<double>(*one.expiresAt) : 0;
  }
  return calls;
}

Task<Answer> CallingStore::callMany(Operation& operation) {
  const Request& request = operation.request();
  Result<std::vector<AdmittedItem>> items = admitItems(request);
  if (!items) co_return std::unexpected(std::move(items.error()));
  const Op op = opOfItems(request.op);
  const std::vector<Request> calls = callsOf(operation, *items);
  Answer answer;
  answer.items.resize(calls.size());
  // Writes of one key must land in the order of the batch: a key twice is a step of its own.
  for (std::size_t begin = 0; begin < calls.size();) {
    std::vector<std::size_t> step;
    std::vector<std::string> bytes;
    std::vector<HostRequest> asks;
    bytes.reserve(kCallsPerStep);
    std::size_t end = begin;
    for (; end < calls.size() && step.size() < kCallsPerStep; ++end) {
      if ((*items)[end].error) {
        answer.items[end].error = (*items)[end].error;
        continue;
      }
      const bool again = std::ranges::any_of(
          step, [&](std::size_t i) { return calls[i].fullKey == calls[end].fullKey; });
      if (again && op != Op::kGet) break;
      step.push_back(end);
      asks.push_back(hostRequest(calls[end], bytes.emplace_back()));
    }
    begin = end;
    operation.setWriteInDoubt(op != Op::kGet);
    std::vector<std::pair<std::size_t, Failure>> open;
    const auto take = [&](std::size_t i, const Answer& one) -> Result<void> {
      answer.items[i].present = one.present;
      if (op != Op::kGet || !one.present) return {};
      Result<void> ok = countValue(answer, one.value().size(), operation.budget());
      if (ok) answer.items[i].value = one.value();
      return ok;
    };
    const auto replies = co_await operation.perform(asks);
    for (std::size_t n = 0; n < step.size(); ++n) {
      answer.items[step[n]].expiresAt = calls[step[n]].expiresAt;
      if (replies[n].failed) {
        open.emplace_back(step[n], failureIn(calls[step[n]], replies[n]));
        continue;
      }
      Result<Answer> one = answerIn(calls[step[n]], replies[n]);
      if (!one) {
        open.emplace_back(step[n], failureOf(std::move(one.error())));
      } else if (Result<void> ok = take(step[n], *one); !ok) {
        co_return std::unexpected(std::move(ok.error()));
      }
    }
    for (auto& [i, why] : open) {
      Result<Answer> one = co_await call(operation, calls[i], std::move(why));
      if (one) {
        if (Result<void> ok = take(i, *one); !ok) co_return std::unexpected(std::move(ok.error()));
      } else {
        if (op == Op::kGet) co_return one;
        answer.items[i].error = std::move(one.error());
      }
    }
  }
  operation.setWriteInDoubt(false);
  co_return answer;
}

}  // namespace kvista
