// Retries: when a failed request to a host is repeated, and after how long.
//
// A read is repeated on UNAVAILABLE and RATE_LIMITED. A write is repeated only when its failure
// proves that it was not carried out, or where the store says that repeating is harmless. Delays
// grow exponentially with full jitter, and none reaches past the operation's deadline.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "wasm/core/operation.h"

namespace kvista {

// What a failed reply means.
struct Failure {
  Error error;
  bool mayHelpToRetry = false;   // the same request may succeed later
  bool mayBeCarriedOut = false;  // a write may have been carried out in spite of the failure
};

// How a backend's failures read, which writes are repeated, and how long to wait in between.
struct RetryPolicy {
  Failure (*classify)(const HostReply& reply);
  bool repeatsWrites = false;  // writes are repeated even when they may have been carried out
  double baseDelayMs = 50;
  double maxDelayMs = 2000;
};

// The delay before attempt `attempt` (from 1), or nothing if it would end past the deadline.
[[nodiscard]] std::optional<double> retryDelay(Operation& operation, const RetryPolicy& policy,
                                               int attempt);

// Performs reads and repeats them as the backend's failures allow.
[[nodiscard]] Task<HostReply> performRead(Operation& operation, HostRequest request,
                                          const RetryPolicy* policy);

// Suspends for that long.
[[nodiscard]] Task<HostReply> sleepFor(Operation& operation, double milliseconds);

// Suspends until attempt `attempt` may be repeated; fails with what `why` says if that cannot help,
// or not before the deadline.
[[nodiscard]] Task<HostReply> pause(Operation& operation, const RetryPolicy* policy, int attempt,
                                    Failure why);

// OUTCOME_UNKNOWN, for a write that failed with `why` and may have been carried out.
[[nodiscard]] Error outcomeUnknown(const Error& why);

// Whether `text` holds `part`, letter case aside for ASCII.
[[nodiscard]] bool mentions(std::string_view text, std::string_view part);

}  // namespace kvista
