// The logic of one object that holds one key (the class KvObject). It keeps the catalog's row of
// its key true: the row is added before the value is written, and removed after the value is
// removed.
//
// An operation that changes the catalog holds the object's lock. Any other operation is over within
// one turn, because the object's storage answers at once: nothing else runs between two steps, and
// a decision and the write that it leads to are atomic.
//
// The host performs kRead, kWrite and kRemove on cells (object-cells.h), kSetAlarm, kEmpty, kLock
// and kCall.
#pragma once

#include <optional>

#include "wasm/contract/decide.h"
#include "wasm/store/store.h"
#include "wasm/stores/durable-object/object-cells.h"

namespace kvista {

class ObjectStore final : public Store {
 public:
  [[nodiscard]] std::uint32_t capabilities() const override { return capability::kAll; }
  [[nodiscard]] Task<Answer> perform(Operation& operation) override;

 private:
  // Where the catalog lists the key.
  struct CatalogRow {
    std::uint32_t shard = 0;
    double generation = 0;
  };

  // The operations on the key, in object.cc. `read` serves kGet and kEntry, `change` all writes.
  [[nodiscard]] Task<Answer> read(Operation& operation);
  [[nodiscard]] Task<Answer> tellVersion(Operation& operation);
  [[nodiscard]] Task<Answer> change(Operation& operation);
  // Decides on a head that holds the whole value, or where the value does not matter.
  [[nodiscard]] static Result<Decision> decideOn(const Operation& operation,
                                                 const std::optional<ObjectHead>& head);
  // Decides on a value in chunks, of which it reads what the decision needs.
  [[nodiscard]] Task<Decision> decideOnChunks(Operation& operation, ObjectHead head);
  // `row` is the one that the write has added, if it had to.
  [[nodiscard]] static ValueWrite writeFor(const Operation& operation, const Decision& decision,
                                           std::optional<ObjectHead> before,
                                           const std::optional<CatalogRow>& row);

  // The protocol with the catalog, in object-catalog.cc.
  //
  // Waits for the object's lock, which is held until the operation ends. Fails with RATE_LIMITED if
  // others hold it until the deadline.
  [[nodiscard]] Task<Answer> lock(Operation& operation);
  // Adds a row for the key, pending until `settle` or a listing confirms it. `head` is what is
  // stored; `confirmAfter` is in Unix seconds, or kNever.
  [[nodiscard]] Task<CatalogRow> addRow(Operation& operation, std::optional<ObjectHead> head,
                                        double confirmAfter);
  // Removes the value, then the row, then all that is stored. `decision` makes the answer.
  // REQUIRES, for both: the lock is held.
  [[nodiscard]] Task<Answer> removeAll(Operation& operation, ObjectHead head, Decision decision);
  // Serve kObjectConfirm, kObjectSettle and kObjectAlarm (catalog-calls.h). The first and the last
  // take the lock; the second needs none.
  [[nodiscard]] Task<Answer> confirm(Operation& operation);
  [[nodiscard]] Task<Answer> settle(Operation& operation);
  [[nodiscard]] Task<Answer> alarm(Operation& operation);

  ObjectCells cells_;
};

}  // namespace kvista
