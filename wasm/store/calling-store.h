// CallingStore: a store that serves each operation on one key by one call of its backend, which is
// atomic there. What is the same for such stores is here: what is repeated, how a write whose
// answer was lost is settled, and batches.
#pragma once

#include <optional>
#include <string>

#include "wasm/contract/retry.h"
#include "wasm/store/store.h"

namespace kvista {

class CallingStore : public Store {
 protected:
  // `lookOp`: what tells a key's version and expiry, to settle a write by.
  CallingStore(const RetryPolicy* policy, Op lookOp) : policy_(policy), lookOp_(lookOp) {}

  // The call as it is sent, from the operation's request.
  [[nodiscard]] virtual Request callOf(const Operation& operation) const {
    return operation.request();
  }
  // What the host is asked for. The request may view `bytes`, which lives as long as it.
  [[nodiscard]] virtual HostRequest hostRequest(const Request& call, std::string& bytes) const = 0;
  // What a reply that is no failure says. The backend may answer with an error, too.
  [[nodiscard]] virtual Result<Answer> answerIn(const Request& call, const HostReply& reply) = 0;
  [[nodiscard]] virtual Failure failureIn(const Request& /*call*/, const HostReply& reply) {
    return policy_->classify(reply);
  }

  // Sends the call until its outcome is known, or cannot be. `before`: how it failed as part of a
  // batch.
  [[nodiscard]] Task<Answer> call(Operation& operation, Request call,
                                  std::optional<Failure> before);
  [[nodiscard]] Task<Answer> callOne(Operation& operation);
  // For kGetMany, kSetMany and kDeleteMany: calls at the same time, each with its own outcome.
  [[nodiscard]] Task<Answer> callMany(Operation& operation);

 private:
  const RetryPolicy* policy_;
  Op lookOp_;
};

}  // namespace kvista
