#include "wasm/stores/durable-object/catalog-calls.h"

#include "wasm/core/joined.h"

namespace kvista {

std::string catalogName(std::uint32_t shard) { return joined({"catalog:", shard}); }

Request callFor(const Operation& operation, Op op, std::string_view fullKey) {
  Request call;
  call.op = op;
  call.nowMs = operation.nowMs();
  call.deadlineMs = operation.deadlineMs();
  call.key = call.fullKey = fullKey;
  return call;
}

Task<Answer> callCatalog(Operation& operation, std::uint32_t shard, Request call) {
  const std::string name = catalogName(shard);
  if (call.op == Op::kCatalogPage) call.expiryNumber = shard;
  const std::string head = encodeRemoteRequest(call);
  const HostRequest ask{.verb = Verb::kCall, .key = name, .meta = head, .number = kToCatalog};
  for (int attempt = 1;; ++attempt) {
    const HostReply& reply = (co_await operation.perform(ask)).front();
    Error error;
    if (reply.failed) {
      Failure why = kObjectCallRetryPolicy.classify(reply);
      if (!why.mayHelpToRetry) co_return std::unexpected(std::move(why.error));
      error = std::move(why.error);
    } else {
      Result<Answer> answer = decodeAnswer(reply.meta, reply.value);
      if (answer || !isRetryable(answer.error().code)) co_return answer;
      error = std::move(answer.error());
    }
    const std::optional<double> delay = retryDelay(operation, kObjectCallRetryPolicy, attempt);
    if (!delay) co_return std::unexpected(std::move(error));
    if (auto slept = co_await sleepFor(operation, *delay); !slept) {
      co_return std::unexpected(std::move(slept.error()));
    }
  }
}

}  // namespace kvista
