// How a store answers a listing and a batch of reads: the keys of an answer, which are each
// followed by NUL (no key holds one), their order, and what is refused because it is too much.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "wasm/contract/cursor.h"
#include "wasm/contract/limits.h"
#include "wasm/core/message.h"

namespace kvista {

// The kinds of store by which a cursor tells listings apart. The numbers are part of every cursor.
enum class StoreKind : std::uint8_t {
  kMemory = 1,
  kCloudflareKv = 2,
  kDurableObject = 3,
  kDurableObjectStorage = 4,
  kRedis = 5,
  kIoRedis = 6,
  kRedisLike = 7,
  kFile = 8,
};

// Returns the listing that a kList or kPage asks for, to make or check its cursor.
[[nodiscard]] inline Listing listingOf(StoreKind kind, const Request& request) {
  return Listing{static_cast<std::uint8_t>(kind), request.nameSpace, request.key};
}

// Appends a key to the answer. REQUIRES: the namespace is cut off.
inline void addKey(Answer& answer, std::string_view key) {
  answer.keys.append(key).push_back('\0');
  ++answer.keyCount;
}

// Appends the keys of an answer to `to`. They view `keys`.
void appendKeys(std::vector<std::string_view>& to, std::string_view keys);

// Returns whether a key that a backend listed has that prefix and can be a key at all. A backend
// that other programs write to may list anything.
[[nodiscard]] bool isKeyOf(std::string_view prefix, std::string_view key);

// Sorts the keys by their bytes and drops repetitions.
void sortKeys(std::vector<std::string_view>& keys);

// The same for the keys of an answer.
void sortAnswer(Answer& answer);

// Returns CORRUPT, for a stored value that is not UTF-8 because another program wrote it.
[[nodiscard]] std::unexpected<Error> notText();

// Returns TOO_LARGE, for a list over kMaxListedKeys.
[[nodiscard]] std::unexpected<Error> tooManyKeys();

// Reserves room for one more value of a batch: once for its outcome, once for the packed answer.
// Fails with TOO_LARGE if the values of the batch can never fit, with RATE_LIMITED if they do not
// fit now.
[[nodiscard]] Result<void> countValue(Answer& answer, std::size_t bytes, Budget& budget);

// Returns why `bytes` more are refused: TOO_LARGE if they can never fit, otherwise RATE_LIMITED.
[[nodiscard]] std::unexpected<Error> tooMuchAtOnce(std::size_t bytes, const Budget& budget);

}  // namespace kvista
