// Base class of the stores that serve an operation on one key by one call of their backend, where
// it is atomic: Redis and Durable Objects. It repeats calls, settles a write whose reply was lost,
// and splits batches into calls. A subclass says how a call is encoded and what its reply means.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "wasm/contract/admit.h"
#include "wasm/contract/retry.h"
#include "wasm/store/store.h"

namespace kvista {

class CallingStore : public Store {
 protected:
  // `lookOp` is the operation that reads a key's version and expiry, by which a write is settled.
  CallingStore(const RetryPolicy* policy, Op lookOp) : policy_(policy), lookOp_(lookOp) {}

  // Returns the call that serves the operation's request.
  [[nodiscard]] virtual Request callOf(const Operation& operation) const {
    return operation.request();
  }
  // Returns the host's request for a call. It may view `call` and `bytes`, an empty string that it
  // may fill and that lives as long as the request.
  [[nodiscard]] virtual HostRequest hostRequest(const Request& call, std::string& bytes) const = 0;
  // Returns the answer or the error that a reply which did not fail holds.
  [[nodiscard]] virtual Result<Answer> answerIn(const Request& call, const HostReply& reply) = 0;
  // Returns what a failed reply means.
  [[nodiscard]] virtual Failure failureIn(const Request& /*call*/, const HostReply& reply) {
    return policy_->classify(reply);
  }

  // Sends a call until its outcome is known. Fails with OUTCOME_UNKNOWN if a write may have been
  // carried out and a read cannot settle it. `before` is how the call failed as part of a batch, if
  // it did.
  [[nodiscard]] Task<Answer> call(Operation& operation, Request call,
                                  std::optional<Failure> before);
  // Serves an operation on one key.
  [[nodiscard]] Task<Answer> callOne(Operation& operation);
  // Serves a kGetMany, kSetMany or kDeleteMany by many calls at the same time. Each key has its own
  // outcome; only a read fails as a whole.
  [[nodiscard]] Task<Answer> callMany(Operation& operation);

 private:
  // Returns the call of each item. An item with an expiry that the store does not have is refused.
  [[nodiscard]] std::vector<Request> callsOf(const Operation& operation,
                                             std::vector<AdmittedItem>& items) const;

  const RetryPolicy* policy_;
  Op lookOp_;
};

}  // namespace kvista
