// How a store answers a listing: keys that callers see, each followed by NUL (which no key holds).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "wasm/contract/cursor.h"
#include "wasm/contract/limits.h"
#include "wasm/core/message.h"

namespace kvista {

// The kinds of store, as a cursor knows them.
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

[[nodiscard]] inline Listing listingOf(StoreKind kind, const Request& request) {
  return Listing{static_cast<std::uint8_t>(kind), request.nameSpace, request.key};
}

inline void addKey(Answer& answer, std::string_view key) {
  answer.keys.append(key).push_back('\0');
  ++answer.keyCount;
}

// Appends the keys of an answer.
void appendKeys(std::vector<std::string_view>& to, std::string_view keys);

// Whether a key that a backend gives can be one of ours with that prefix.
[[nodiscard]] bool isKeyOf(std::string_view prefix, std::string_view key);

// Sorts by bytes and drops what is there twice.
void sortKeys(std::vector<std::string_view>& keys);

// The same for the keys of an answer.
void sortAnswer(Answer& answer);

// CORRUPT, for bytes of another program.
[[nodiscard]] std::unexpected<Error> notText();

// TOO_LARGE, for a list over kMaxListedKeys.
[[nodiscard]] std::unexpected<Error> tooManyKeys();

// What an answer of that many bytes more is refused with: TOO_LARGE if it can never fit, else
// RATE_LIMITED.
// Counts a value of a batch: once in its outcome, once in the packed answer. TOO_LARGE if the
// batch's values cannot fit whatever else is in flight.
[[nodiscard]] Result<void> countValue(Answer& answer, std::size_t bytes, Budget& budget);

[[nodiscard]] std::unexpected<Error> tooMuchAtOnce(std::size_t bytes, const Budget& budget);

}  // namespace kvista
