// The Durable Objects store, as a Worker sees it: each key has an object of its own (object.h), and
// the shards of the catalog (catalog.h) list them. Operations on one key are linearizable. A
// listing holds every key whose set was acknowledged before it began.
//
// The host performs kCall.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "wasm/store/calling-store.h"
#include "wasm/stores/durable-object/durable-object-failures.h"

namespace kvista {

class DurableObjectStore final : public CallingStore {
 public:
  // `catalogShards` is to how many shards the rows of new keys go. It may change between
  // deployments: an object remembers the shard of its key, and shard 0 how many shards there have
  // been.
  explicit DurableObjectStore(std::uint32_t catalogShards)
      : CallingStore(&kObjectCallRetryPolicy, Op::kObjectVersion), catalogShards_(catalogShards) {}

  [[nodiscard]] std::uint32_t capabilities() const override { return capability::kAll; }
  [[nodiscard]] Task<Answer> perform(Operation& operation) override;

 private:
  // What the shards list together: full keys in byte order, and the key to go on after, if more
  // follow.
  struct Gathered {
    std::vector<std::string> keys;
    std::optional<std::string> after;
    Reservation reservation{};
  };

  [[nodiscard]] Request callOf(const Operation& operation) const override;
  [[nodiscard]] HostRequest hostRequest(const Request& call, std::string& bytes) const override;
  [[nodiscard]] Result<Answer> answerIn(const Request& call, const HostReply& reply) override;
  // Sends the call to the shards from `first` to before `end`; returns their answers in that order.
  [[nodiscard]] Task<std::vector<Result<Answer>>> askShards(Operation& operation,
                                                            std::uint32_t first, std::uint32_t end,
                                                            Request call);
  // Returns up to `limit` keys after `after` of all shards.
  [[nodiscard]] Task<Gathered> gather(Operation& operation, std::string after, double limit);
  [[nodiscard]] Task<Answer> list(Operation& operation);

  std::uint32_t catalogShards_;
};

}  // namespace kvista
