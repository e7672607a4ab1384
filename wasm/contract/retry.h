// Retries: when a failed request to a host is repeated, and after how long.
//
// A read is repeated if its failure may pass. A write is repeated only if its failure proves that
// it was not carried out, or if the store says that repeating is harmless. Delays grow
// exponentially with full jitter, and none reaches past the operation's deadline.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "wasm/core/operation.h"

namespace kvista {

// What a failed reply means for an operation.
struct Failure {
  Error error;
  bool mayHelpToRetry = false;   // the same request may succeed later
  bool mayBeCarriedOut = false;  // a write may have been carried out in spite of the failure
};

// How to read the failures of a backend, which writes to repeat, and how long to wait in between.
struct RetryPolicy {
  Failure (*classify)(const HostReply& reply);  // REQUIRES: the reply failed
  bool repeatsWrites = false;  // writes are repeated even when they may have been carried out
  double baseDelayMs = 50;
  double maxDelayMs = 2000;
};

// Returns how many milliseconds to wait after attempt number `attempt` (from 1) has failed, or
// nothing if that would end past the deadline.
[[nodiscard]] std::optional<double> retryDelay(Operation& operation, const RetryPolicy& policy,
                                               int attempt);

// Performs a request that may be repeated, until it succeeds. Fails with the error of the last
// attempt if repeating cannot help, or not before the deadline. The reply's views live until the
// next step. REQUIRES: what the request views lives until the task ends.
[[nodiscard]] Task<HostReply> performRead(Operation& operation, HostRequest request,
                                          const RetryPolicy* policy);

// Suspends the operation for that long.
[[nodiscard]] Task<HostReply> sleepFor(Operation& operation, double milliseconds);

// Suspends the operation until attempt number `attempt`, which failed with `why`, may be repeated.
// Fails with the error in `why` if repeating cannot help, or not before the deadline.
[[nodiscard]] Task<HostReply> pause(Operation& operation, const RetryPolicy* policy, int attempt,
                                    Failure why);

// Returns OUTCOME_UNKNOWN, for a write that failed with `why` and may have been carried out.
[[nodiscard]] Error outcomeUnknown(const Error& why);

// Returns whether `text` holds `part`, whatever the case of ASCII letters.
[[nodiscard]] bool mentions(std::string_view text, std::string_view part);

}  // namespace kvista
