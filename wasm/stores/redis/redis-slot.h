// Which of a cluster's slots a key lies in.
#pragma once

#include <cstdint>
#include <string_view>

namespace kvista {

inline constexpr std::uint32_t kRedisSlots = 16'384;

// Returns the slot of a key: the CRC16 of the key, or of what stands in its first braces.
// https://redis.io/docs/latest/operate/oss_and_stack/reference/cluster-spec/#hash-tags
[[nodiscard]] std::uint32_t redisSlotOf(std::string_view key);

}  // namespace kvista
