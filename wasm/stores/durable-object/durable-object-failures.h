// How failures of a Durable Object read: of a call to one, and of the storage inside one.
#pragma once

#include "wasm/contract/retry.h"

namespace kvista {

// Chunks of a large value, below the 2,000,000 bytes that a key and its value may have together in
// an object's SQLite storage, with room for the serialisation's own bytes.
inline constexpr std::size_t kMaxChunkBytes = 1'900'000;

// The platform takes no alarm after the year 2189. One that comes early finds that and moves
// itself.
inline constexpr std::int64_t kFarthestAlarmSeconds = std::int64_t{10} * 365 * 24 * 3600;

extern const RetryPolicy kObjectCallRetryPolicy;
extern const RetryPolicy kObjectStorageRetryPolicy;

// What a failed reply of the storage means for an operation that cannot go on without it.
[[nodiscard]] std::unexpected<Error> storageFailure(const HostReply& reply);

}  // namespace kvista
