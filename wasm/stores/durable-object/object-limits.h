// The limits of a Durable Object's storage, as far as the core has to keep them.
#pragma once

#include <cstddef>
#include <cstdint>

namespace kvista {

// The bytes of one chunk of a large value. A key and its value may have 2,000,000 bytes together in
// SQLite storage; the rest is room for the bytes of the serialisation.
// https://developers.cloudflare.com/durable-objects/platform/limits/
inline constexpr std::size_t kMaxChunkBytes = 1'900'000;

// How far ahead an alarm is set, in seconds. The platform refuses one after the year 2189, so an
// alarm that is due later comes early, finds that, and sets itself anew.
inline constexpr std::int64_t kFarthestAlarmSeconds = std::int64_t{10} * 365 * 24 * 3600;

}  // namespace kvista
