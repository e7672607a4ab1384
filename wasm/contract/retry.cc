#include "wasm/contract/retry.h"

#include <algorithm>
#include <cmath>

#include "wasm/core/joined.h"

namespace kvista {

std::optional<double> retryDelay(Operation& operation, const RetryPolicy& policy, int attempt) {
  const double ceiling =
      std::min(policy.maxDelayMs, std::ldexp(policy.baseDelayMs, std::min(attempt - 1, 20)));
  const double delay = 1 + operation.random() * ceiling;
  if (operation.nowMs() + delay >= operation.deadlineMs()) return std::nullopt;
  return delay;
}

Task<HostReply> performRead(Operation& operation, HostRequest request, const RetryPolicy* policy) {
  for (int attempt = 1;; ++attempt) {
    const HostReply& reply = (co_await operation.perform(request)).front();
    if (!reply.failed) co_return reply;
    auto slept = co_await pause(operation, policy, attempt, policy->classify(reply));
    if (!slept) co_return slept;
  }
}

Task<HostReply> pause(Operation& operation, const RetryPolicy* policy, int attempt, Failure why) {
  std::optional<double> delay;
  if (why.mayHelpToRetry) delay = retryDelay(operation, *policy, attempt);
  if (!delay) co_return std::unexpected(std::move(why.error));
  co_return co_await sleepFor(operation, *delay);
}

Task<HostReply> sleepFor(Operation& operation, double milliseconds) {
  const HostRequest request{.verb = Verb::kSleep, .number = milliseconds};
  co_return (co_await operation.perform(request)).front();
}

Error outcomeUnknown(const Error& why) {
  return Error{Code::kOutcomeUnknown,
               joined({"the write may or may not have been carried out: ", why.message}),
               "read the key to see which value it has, then decide"};
}

bool mentions(std::string_view text, std::string_view part) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  const auto found = std::search(text.begin(), text.end(), part.begin(), part.end(),
                                 [&](char a, char b) { return lower(a) == lower(b); });
  return part.empty() || found != text.end();
}

}  // namespace kvista
