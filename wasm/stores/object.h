// The logic of one object that holds one key (KvObject). It keeps the catalog's row of its key
// true: the row is written before the value, and the value is removed before the row.
//
// An operation that changes the catalog holds the object's lock; one that does not need the catalog
// is over within one turn, because the object's storage answers at once. So between two awaits of
// the storage nothing else runs, and a decision and the write that it leads to are atomic.
//
// The host performs kRead, kWrite and kRemove on cells, kSetAlarm and kEmpty (a step of these at
// once, as one transaction), kLock and kCall.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "wasm/contract/decide.h"
#include "wasm/stores/object-head.h"
#include "wasm/stores/store.h"

namespace kvista {

class ObjectStore final : public Store {
 public:
  [[nodiscard]] std::uint32_t capabilities() const override { return capability::kAll; }
  [[nodiscard]] Task<Answer> perform(Operation& operation) override;

 private:
  // What the head cell holds; its inline value is valid until the next request to the host.
  [[nodiscard]] Task<std::optional<ObjectHead>> readHead(Operation& operation);
  [[nodiscard]] Task<Answer> read(Operation& operation);
  [[nodiscard]] Task<Answer> tellVersion(Operation& operation);
  [[nodiscard]] Task<std::string> assemble(Operation& operation, std::uint32_t chunks,
                                           std::uint32_t bytes);
  [[nodiscard]] Task<std::string> versionOfChunks(Operation& operation, std::uint32_t chunks);
  [[nodiscard]] Task<Answer> change(Operation& operation);
  [[nodiscard]] Task<Decision> decideOn(Operation& operation, std::optional<ObjectHead> head);
  [[nodiscard]] Task<Answer> store(Operation& operation, Decision decision, ObjectHead before,
                                   bool pending);
  [[nodiscard]] Task<Answer> removeAll(Operation& operation, ObjectHead head, Decision decision);
  [[nodiscard]] Task<Answer> confirm(Operation& operation);
  [[nodiscard]] Task<Answer> settle(Operation& operation);
  [[nodiscard]] Task<Answer> alarm(Operation& operation);
  [[nodiscard]] Task<Answer> lock(Operation& operation);
  [[nodiscard]] Task<Answer> carryOut(Operation& operation, std::vector<HostRequest> requests);
};

}  // namespace kvista
