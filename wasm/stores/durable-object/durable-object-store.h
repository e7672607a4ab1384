// The Durable Objects store, as a Worker sees it: each key has an object of its own (object.h), and
// the shards of the catalog (catalog.h) list them. Linearizable per key; a listing holds every key
// whose `set` was acknowledged before it.
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
  // `catalogShards`: to how many shards the rows of new keys go. It may change between deployments:
  // a key's object remembers its shard, and shard 0 how many there have been.
  explicit DurableObjectStore(std::uint32_t catalogShards)
      : CallingStore(&kObjectCallRetryPolicy, Op::kObjectVersion), catalogShards_(catalogShards) {}

  [[nodiscard]] std::uint32_t capabilities() const override { return capability::kAll; }
  [[nodiscard]] Task<Answer> perform(Operation& operation) override;

 private:
  // Keys in byte order, in full; `after` is where to go on, nothing at the end.
  struct Gathered {
    std::vector<std::string> keys;
    std::optional<std::string> after;
    Reservation reservation{};
  };

  [[nodiscard]] Request callOf(const Operation& operation) const override;
  [[nodiscard]] HostRequest hostRequest(const Request& call, std::string& bytes) const override;
  [[nodiscard]] Result<Answer> answerIn(const Request& call, const HostReply& reply) override;
  [[nodiscard]] Task<std::vector<Result<Answer>>> askShards(Operation& operation,
                                                            std::uint32_t first, std::uint32_t end,
                                                            Request call);
  [[nodiscard]] Task<Gathered> gather(Operation& operation, std::string after, double limit);
  [[nodiscard]] Task<Answer> list(Operation& operation);

  std::uint32_t catalogShards_;
};

}  // namespace kvista
