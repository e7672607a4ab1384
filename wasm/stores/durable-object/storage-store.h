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

#include <string>

#include "wasm/store/value-store.h"

namespace kvista {

class StorageStore final : public ValueStore {
 protected:
  [[nodiscard]] Task<HostReply> prepare(Operation& operation) override;
  [[nodiscard]] bool isGone(const Error& error) const override;
  [[nodiscard]] Task<Found> find(Operation& operation, Request request) override;
  [[nodiscard]] Task<HostReply> write(Operation& operation, Request request) override;
  [[nodiscard]] Task<HostReply> remove(Operation& operation, Request request,
                                       std::string stat) override;
  [[nodiscard]] Task<Answer> serveOther(Operation& operation) override;

 private:
  [[nodiscard]] Task<Answer> list(Operation& operation);
  [[nodiscard]] Task<Answer> sweep(Operation& operation);
};

}  // namespace kvista
