// The calls that pass between a Worker's store, the objects and the shards of the catalog. The
// request's "expiry" is its expiryNumber, and the answer's "expiry" its expiresAt. A generation is
// the number that a shard gives a row when it is added; it only grows. "Confirm-after" is a moment
// in Unix seconds: a row is certain until then, and is confirmed with its object afterwards.
//
//   call             to        request                            answer
//   kCatalogAdd      a shard   key; expiry: confirm-after;        number: the row's generation
//                              number: the shard itself
//   kCatalogConfirm  a shard   key; number: generation;           nothing
//                              expiry: confirm-after
//   kCatalogRemove   a shard   key; number: generation            number: the generation of the row
//                                                                 that stayed, or 0
//   kCatalogPage     a shard   key: the prefix; extra: the key    keys; cursor, if more follow: the
//                              to go on after; number: limit;     key up to which all are listed;
//                              expiry: the shard itself           number: how many shards there are
//   kCatalogRaise    shard 0   key: "shards"; number: how many    nothing
//                              shards there are
//   kObjectConfirm   object    key; number: generation; expiry:   present: the value lives, and the
//                              the shard that asks                row is that shard's; expiry
//   kObjectVersion   object    key                                present, version, expiry, after
//                                                                 a removal that was cut off is over
#pragma once

#include <cmath>
#include <cstdint>
#include <string>

#include "wasm/contract/retry.h"
#include "wasm/core/message.h"
#include "wasm/stores/durable-object/durable-object-failures.h"

namespace kvista {

// What a kCall is addressed to (wasm/core/host.h).
inline constexpr double kToObject = 0;
inline constexpr double kToCatalog = 1;
// How many shards a catalog can have.
inline constexpr std::uint32_t kMaxShards = 64;

// Returns the name of a shard's object.
[[nodiscard]] std::string catalogName(std::uint32_t shard);

// Returns which of `shards` shards the row of a new key goes to (FNV-1a, 32 bits).
[[nodiscard]] inline std::uint32_t shardOf(std::string_view fullKey, std::uint32_t shards) {
  std::uint32_t hash = 2166136261U;
  for (const char c : fullKey) hash = (hash ^ static_cast<std::uint8_t>(c)) * 16777619U;
  return hash % shards;
}

// Returns a request for a call, with the operation's clock and deadline. It views `fullKey`.
[[nodiscard]] Request callFor(const Operation& operation, Op op, std::string_view fullKey);

// Calls a shard of the catalog, and repeats the call on failures that may pass: each of a shard's
// operations may be repeated.
[[nodiscard]] Task<Answer> callCatalog(Operation& operation, std::uint32_t shard, Request call);

}  // namespace kvista
