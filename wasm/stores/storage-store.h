// The store inside somebody's own Durable Object: one table in its SQLite storage, and nothing else
// of it is touched. The storage answers at once, so an operation is over within one turn and a
// decision and the write that it leads to are atomic.
//
// Table: kvista(key, part, expires_at, parts, value); a value larger than a row may be lies in the
// parts 0, 1, 2 … of its key, and part 0 says how many there are. A trigger of the table removes
// the parts that a shorter value leaves over.
//
// The host performs kSql.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "wasm/contract/decide.h"
#include "wasm/stores/store.h"

namespace kvista {

class StorageStore final : public Store {
 public:
  [[nodiscard]] std::uint32_t capabilities() const override { return capability::kAll; }
  [[nodiscard]] Task<Answer> perform(Operation& operation) override;

 private:
  // What a key holds. `first` is part 0, valid until the next request to the host.
  struct Found {
    bool live = false;     // present and not expired
    bool expired = false;  // still in the table
    std::optional<std::int64_t> expiresAt;
    std::uint32_t parts = 0;
    std::string_view first;
  };

  [[nodiscard]] Task<Answer> serve(Operation& operation);
  [[nodiscard]] Task<Answer> prepareAndServe(Operation& operation);
  [[nodiscard]] Task<Answer> prepare(Operation& operation);
  [[nodiscard]] Task<Found> find(Operation& operation, std::string fullKey);
  [[nodiscard]] Task<Answer> read(Operation& operation);
  // The rest of a value of several parts, behind `first`.
  [[nodiscard]] Task<std::string> assemble(Operation& operation, std::string fullKey, Found found);
  [[nodiscard]] Task<Answer> change(Operation& operation, Request request);
  [[nodiscard]] Task<Answer> carryOut(Operation& operation, Request request, Decision decision);
  [[nodiscard]] Task<Answer> remove(Operation& operation, std::string fullKey);
  [[nodiscard]] Task<Answer> performMany(Operation& operation);
  [[nodiscard]] Task<Answer> list(Operation& operation);
  [[nodiscard]] Task<Answer> sweep(Operation& operation);

  bool prepared_ = false;
};

}  // namespace kvista
