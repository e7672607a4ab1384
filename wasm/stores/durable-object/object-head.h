// The head cell of an object that holds one key: its state, and its value unless that is large. The
// host keeps both in one cell, the state as the cell's meta. A large value lies in the cells
// "chunk:0", "chunk:1" and so on, in order.
//
// The meta is packed, little-endian. A moment that is not there is never.
//
//   type   field          there if
//   u8     3              always: the version of this format
//   u8     bits           always: 1 live (otherwise its removal is unfinished), 2 listed until,
//                         4 expires at, 8 alarm at, 16 chunks
//   u32    shard          always
//   f64    generation     always
//   f64    listed until   its bit; Unix seconds
//   f64    expires at     its bit; Unix seconds
//   f64    alarm at       its bit; Unix milliseconds
//   u32    value bytes    chunks
//   u32    chunks         chunks
//          key            always: the rest
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

#include "wasm/core/whole.h"

namespace kvista {

// A moment that never comes: of a value without expiry, and of the catalog's row of one.
inline constexpr double kNever = std::numeric_limits<double>::infinity();

// A value up to this size lies in the head, so that a small record is one cell to read and to
// write.
inline constexpr std::size_t kMaxInlineBytes = 16 * 1024;

struct ObjectHead {
  // Whether there is a value, perhaps an expired one. If not, its removal is unfinished.
  bool live = false;
  // The key with its namespace. An alarm learns it from nothing else.
  std::string key{};
  // The catalog's shard that has the key's row.
  std::uint32_t shard = 0;
  // The generation of the row, as far as this object knows it.
  double generation = 0;
  // Until then, in Unix seconds, the catalog lists the key without asking this object. It is never
  // later than the value's expiry.
  double listedUntil = kNever;
  double expiresAt = kNever;  // Unix seconds
  double alarmAtMs = kNever;
  std::uint32_t valueBytes = 0;
  std::uint32_t chunks = 0;        // how many cells a large value has
  std::string_view inlineValue{};  // a small value

  // Returns whether there is a value that has not expired.
  [[nodiscard]] bool holdsValue(double nowMs) const { return live && nowMs < expiresAt * 1000; }
  [[nodiscard]] std::optional<std::int64_t> expiry() const {
    if (!(expiresAt < kNever)) return std::nullopt;
    return wholeOf(expiresAt);
  }
};

// Returns the meta of the cell.
[[nodiscard]] std::string encodeHead(const ObjectHead& head);
// Returns the head that a cell holds, or nothing if it holds none. The head views `value`.
[[nodiscard]] std::optional<ObjectHead> decodeHead(std::string_view meta, std::string_view value);

// Returns the name of the cell of that chunk.
[[nodiscard]] std::string chunkName(std::uint32_t index);

}  // namespace kvista
