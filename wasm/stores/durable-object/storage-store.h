// The store inside somebody's own Durable Object: one table in its SQLite storage, of which nothing
// else is touched. The storage answers at once, so an operation is over within one turn, and a
// decision and the write that it leads to are atomic.
//
// The table is kvista(key, part, expires_at, parts, value). A value that is larger than a row may
// be is stored as the parts 0, 1, 2 and so on of its key; part 0 has the expiry and the number of
// parts. A trigger removes the parts that a shorter value leaves over.
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
