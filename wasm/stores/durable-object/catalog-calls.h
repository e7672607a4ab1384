// The calls that pass between a Worker's store, the objects and the shards of the catalog: what is
// asked with them → what is answered.
//
//   of a shard:
//     kCatalogAdd      key; expiry: confirm-after; number: shard → number: generation
//     kCatalogConfirm  key; number: generation; expiry: confirm-after → nothing
//     kCatalogRemove   key; number: generation → number: generation of the row that stayed, or 0
//     kCatalogPage     prefix; extra: after; number: limit; expiry: the shard itself
//                      → keys; cursor: covered up to there, and more follows; number: count of
//                      shards
//   of shard 0:
//     kCatalogRaise    key "shards"; number: count of shards → nothing
//   of an object:
//     kObjectConfirm   key; number: generation; expiry: the shard that asks
//                      → present: it lives, and the row is that shard's; expiry
//     kObjectVersion   key → present, version, expiry. It finishes a removal that was cut off
#pragma once

#include <cmath>
#include <cstdint>
#include <string>

#include "wasm/contract/retry.h"
#include "wasm/core/message.h"
#include "wasm/stores/durable-object/durable-object-failures.h"

namespace kvista {

inline constexpr double kToObject = 0;
inline constexpr double kToCatalog = 1;
// How many shards a catalog can have.
inline constexpr std::uint32_t kMaxShards = 64;

[[nodiscard]] std::string catalogName(std::uint32_t shard);

// Which of `shards` shards a new key's row goes to (FNV-1a, 32 bits).
[[nodiscard]] inline std::uint32_t shardOf(std::string_view fullKey, std::uint32_t shards) {
  std::uint32_t hash = 2166136261U;
  for (const char c : fullKey) hash = (hash ^ static_cast<std::uint8_t>(c)) * 16777619U;
  return hash % shards;
}

// A request to pass on: the operation's clock and deadline, and no more of it.
[[nodiscard]] Request callFor(const Operation& operation, Op op, std::string_view fullKey);

// Asks a shard, repeating on failure: every one of its operations may be repeated.
[[nodiscard]] Task<Answer> callCatalog(Operation& operation, std::uint32_t shard, Request call);

}  // namespace kvista
