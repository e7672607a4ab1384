// The logic of one object that holds one key (KvObject). It keeps the catalog's row of its key
// true: the row is written before the value, and the value is removed before the row.
//
// An operation that changes the catalog holds the object's lock; one that does not need the catalog
// is over within one turn, because the object's storage answers at once. So between two awaits of
// the storage nothing else runs, and a decision and the write that it leads to are atomic.
//
// The host performs kRead, kWrite and kRemove on cells (a value, and for the head meta as well),
// kSetAlarm and kEmpty (a step of these at once, as one transaction), kLock and kCall.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "wasm/contract/decide.h"
#include "wasm/store/store.h"
#include "wasm/stores/durable-object/object-head.h"

namespace kvista {

class ObjectStore final : public Store {
 public:
  [[nodiscard]] std::uint32_t capabilities() const override { return capability::kAll; }
  [[nodiscard]] Task<Answer> perform(Operation& operation) override;

 private:
  // What the head cell holds, if that is kept.
  [[nodiscard]] std::optional<ObjectHead> keptHead() const;
  // What the head cell holds; its inline value is valid until the next request to the host, or
  // until the cell is written.
  [[nodiscard]] Task<std::optional<ObjectHead>> readHead(Operation& operation);
  [[nodiscard]] Task<Answer> read(Operation& operation);
  [[nodiscard]] Task<Answer> tellVersion(Operation& operation);
  [[nodiscard]] Task<std::string> assemble(Operation& operation, std::uint32_t chunks,
                                           std::uint32_t bytes);
  [[nodiscard]] Task<std::string> versionOfChunks(Operation& operation, std::uint32_t chunks);
  [[nodiscard]] Task<Answer> change(Operation& operation);
  // On a head that holds the whole value, or where the value does not matter.
  [[nodiscard]] static Result<Decision> decideOn(const Operation& operation,
                                                 const std::optional<ObjectHead>& head);
  [[nodiscard]] Task<Decision> decideOnChunks(Operation& operation, ObjectHead head);
  // What writing a value makes of the head, and which other cells there are to write. The views are
  // the decision's and the request's.
  struct Change {
    ObjectHead head{};
    std::string_view value{};
    std::uint32_t chunksBefore = 0;
    bool setsAlarm = false;

    [[nodiscard]] bool isOfHeadOnly() const {
      return head.chunks == 0 && chunksBefore == 0 && !setsAlarm;
    }
  };
  [[nodiscard]] static Change changeTo(const Operation& operation, const Decision& decision,
                                       ObjectHead head);
  [[nodiscard]] Task<Answer> writeAll(Operation& operation, Change change);
  [[nodiscard]] Task<Answer> removeAll(Operation& operation, ObjectHead head, Decision decision);
  [[nodiscard]] Task<Answer> confirm(Operation& operation);
  [[nodiscard]] Task<Answer> settle(Operation& operation);
  [[nodiscard]] Task<Answer> alarm(Operation& operation);
  [[nodiscard]] Task<Answer> lock(Operation& operation);
  // Changes cells, the head among them.
  [[nodiscard]] Task<Answer> carryOut(Operation& operation, std::vector<HostRequest> requests);

  // A small head cell as it was read or written last. Nobody else writes the storage, and an object
  // whose writes are not committed loses its memory with them: reading the cell again would cost as
  // much as all else that a get does here.
  struct Cell {
    std::string meta;
    std::string value;
  };
  std::optional<Cell> kept_;
  void keep(std::string_view meta, std::string_view value);
  // What the cell holds is not known any more.
  [[nodiscard]] std::unexpected<Error> storageFailed(const HostReply& reply);
  // Whether the head cell is kept and is that one. Then it need not be written: what was is
  // durable, or is not yet, and then the platform holds back this answer too until it is (the
  // output gate).
  [[nodiscard]] bool isKept(std::string_view meta, std::string_view value) const;
};

}  // namespace kvista
