#include "wasm/stores/cloudflare-kv/cloudflare-kv-failures.h"

#include <string>
#include <string_view>

namespace kvista {
namespace {

// The binding reports "KV GET failed: 503 Service Unavailable" and the like.
int statusOf(std::string_view message) {
  constexpr std::string_view kBefore = " failed: ";
  const std::size_t at = message.find(kBefore);
  if (at == std::string_view::npos || message.size() < at + kBefore.size() + 3) return 0;
  int status = 0;
  for (const char digit : message.substr(at + kBefore.size(), 3)) {
    if (digit < '0' || digit > '9') return 0;
    status = status * 10 + (digit - '0');
  }
  return status;
}

Failure classify(const HostReply& reply) {
  const std::string_view said = reply.value;
  const std::string message(said);
  // "Too many API requests by single worker invocation." comes before any status: trying again in
  // the same invocation cannot help.
  if (mentions(said, "by single worker invocation")) {
    return {Error{Code::kRateLimited, message,
                  "this request has used up its 1,000 operations: do less in one request"},
            false, false};
  }
  if (mentions(said, "different request") || mentions(said, "global scope")) {
    return {Error{Code::kUnavailable, message,
                  "call the store from the handler of the request that needs it"},
            false, false};
  }
  switch (const int status = statusOf(said); status) {
    case 429:
      return {Error{Code::kRateLimited, message,
                    "Workers KV takes one write a second for each key: write it less often, or "
                    "keep it in Durable Objects"},
              true, false};
    case 413:
    case 414:
    case 400:
      return {
          Error{Code::kInvalidArgument, message, "Workers KV refused the request: see its limits"},
          false, false};
    case 401:
    case 403:
      return {
          Error{Code::kUnavailable, message, "check the KV namespace's id in the configuration"},
          false, false};
    default:
      break;
  }
  if (mentions(said, "typeerror")) {
    return {Error{Code::kUnavailable, message,
                  "check that the KV binding is configured and passed as { kv }"},
            false, false};
  }
  return {Error{Code::kUnavailable, message, "Workers KV did not answer: try again"}, true, true};
}

}  // namespace

const RetryPolicy kCloudflareKvRetryPolicy{
    .classify = &classify, .repeatsWrites = true, .baseDelayMs = 100, .maxDelayMs = 4000};

}  // namespace kvista
