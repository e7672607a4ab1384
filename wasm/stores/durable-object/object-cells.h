// The cells of an object that holds one key: its head (object-head.h) and the chunks of a large
// value. When they are read and written is decided in object.cc and object-catalog.cc.
//
// The host performs kRead, kWrite and kRemove on cells, kSetAlarm and kEmpty. The writes of one
// step are one transaction.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "wasm/core/operation.h"
#include "wasm/stores/durable-object/object-head.h"

namespace kvista {

// What the write of a value changes: the head, which holds a small value itself, the chunks, and
// the alarm. `value` views what the caller gave.
struct ValueWrite {
  ObjectHead head{};
  std::string_view value{};
  std::uint32_t chunksBefore = 0;  // those that are not overwritten are removed
  bool setsAlarm = false;

  [[nodiscard]] bool isOfHeadOnly() const {
    return head.chunks == 0 && chunksBefore == 0 && !setsAlarm;
  }
};

// Returns what a write of that value changes. `head` is the one that is stored, with the key and
// the catalog's row that it is to have; `expiresAt` is in Unix seconds, or kNever.
[[nodiscard]] ValueWrite valueWrite(ObjectHead head, std::string_view value, double expiresAt,
                                    double nowMs);

// Returns the head that is stored while the value is removed: its alarm takes up a removal that was
// cut off.
[[nodiscard]] ObjectHead unfinishedRemovalOf(ObjectHead head, double nowMs);

// Returns when to look whether the value has expired, in Unix milliseconds; kNever if it does not
// expire.
[[nodiscard]] double expiryAlarmMs(const ObjectHead& head, double nowMs);

// Returns the request that writes the head. `meta` is encodeHead(head). It views both.
[[nodiscard]] HostRequest headWrite(const ObjectHead& head, std::string_view meta);

// Returns the names of the first `count` chunks.
[[nodiscard]] std::vector<std::string> chunkNames(std::uint32_t count);

// Reads and writes cells, and keeps a small head in memory. Nobody else writes the storage, and an
// object whose writes are not committed loses its memory with them, so what is kept is true.
// Reading the head again would cost as much as all else that a get does.
class ObjectCells {
 public:
  // Returns the head if it is kept.
  [[nodiscard]] std::optional<ObjectHead> keptHead() const;
  // Returns the head, or nothing if the object holds none. Its inline value is valid until the next
  // step, or until the head is written. Fails with CORRUPT if the cell holds no head.
  [[nodiscard]] Task<std::optional<ObjectHead>> readHead(Operation& operation);
  // Returns the value of that many chunks and bytes. Fails with CORRUPT if they are not all there.
  [[nodiscard]] Task<std::string> readChunks(Operation& operation, std::uint32_t chunks,
                                             std::uint32_t bytes);
  // Returns the version of the value of that many chunks.
  [[nodiscard]] Task<std::string> versionOfChunks(Operation& operation, std::uint32_t chunks);

  // Performs a write with all its cells.
  [[nodiscard]] Task<Answer> write(Operation& operation, ValueWrite write);
  // Performs changes of cells, the head among them, and keeps the head.
  [[nodiscard]] Task<Answer> carryOut(Operation& operation, std::vector<HostRequest> requests);

  // For a caller that writes the head by itself:
  //
  // Whether the head is kept and is that one. Then it need not be written. If what is stored is not
  // durable yet, the platform holds back this answer too until it is (the output gate).
  [[nodiscard]] bool isKept(std::string_view meta, std::string_view value) const;
  // Keeps the head that was read or written.
  void keep(std::string_view meta, std::string_view value);
  // Forgets the head, because it is not known what the cell holds.
  void forget() { kept_.reset(); }
  // The same, and returns the error of the storage. REQUIRES: the reply failed.
  [[nodiscard]] std::unexpected<Error> failed(const HostReply& reply);

 private:
  struct Cell {
    std::string meta;
    std::string value;
  };
  std::optional<Cell> kept_;
};

}  // namespace kvista
