// The head cell of an object that holds one key: its state, and its value unless that is large. The
// state is the cell's meta, the value its value; the host keeps them as one.
//
//   meta  = %x03 bits u32 shard f64 generation [f64 listed-until] [f64 expires-at] [f64 alarm-at]
//           [u32 value-bytes u32 chunks] key
//   bits  = 1 live (else its removal is unfinished), and of what is there: 2 listed-until,
//           4 expires-at, 8 alarm-at, 16 value-bytes and chunks
//
// Times are Unix seconds (alarm-at: milliseconds); one that is not there is never. A large value
// lies in the cells "chunk:0", "chunk:1" and so on, in order.
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
  bool live = false;
  // With its namespace. An alarm is told nothing else.
  std::string key{};
  std::uint32_t shard = 0;
  // The generation of the catalog's row, as far as this object knows it.
  double generation = 0;
  // The catalog lists the key without asking until then. Never later than the value's expiry.
  double listedUntil = kNever;
  double expiresAt = kNever;
  double alarmAtMs = kNever;
  std::uint32_t valueBytes = 0;
  std::uint32_t chunks = 0;
  std::string_view inlineValue{};

  [[nodiscard]] bool holdsValue(double nowMs) const { return live && nowMs < expiresAt * 1000; }
  [[nodiscard]] std::optional<std::int64_t> expiry() const {
    if (!(expiresAt < kNever)) return std::nullopt;
    return wholeOf(expiresAt);
  }
};

// The meta of the cell.
[[nodiscard]] std::string encodeHead(const ObjectHead& head);
// Nothing if that is no head. `inlineValue` is the given value.
[[nodiscard]] std::optional<ObjectHead> decodeHead(std::string_view meta, std::string_view value);

[[nodiscard]] std::string chunkName(std::uint32_t index);

}  // namespace kvista
