#include "wasm/stores/redis/redis-slot.h"

namespace kvista {

std::uint32_t redisSlotOf(std::string_view key) {
  const std::size_t open = key.find('{');
  const std::size_t close = open == std::string_view::npos ? open : key.find('}', open);
  if (close != std::string_view::npos && close > open + 1) {
    key = key.substr(open + 1, close - open - 1);
  }
  // CRC-16/XMODEM.
  std::uint32_t crc = 0;
  for (const char byte : key) {
    crc ^= static_cast<std::uint32_t>(static_cast<unsigned char>(byte)) << 8;
    for (int bit = 0; bit < 8; ++bit) crc = (crc << 1) ^ ((crc & 0x8000) != 0 ? 0x1021 : 0);
    crc &= 0xFFFF;
  }
  return crc % kRedisSlots;
}

}  // namespace kvista
