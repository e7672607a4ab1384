// base64url through a window of at most 14 bits.
#include "wasm/text/base64.h"

#include <array>
#include <cstddef>
#include <cstdint>

namespace kvista {
namespace {

constexpr std::string_view kAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr std::uint8_t kNoDigit = 0xFF;

constexpr std::array<std::uint8_t, 256> kDigitOf = [] {
  std::array<std::uint8_t, 256> digits{};
  digits.fill(kNoDigit);
  for (std::size_t i = 0; i < kAlphabet.size(); ++i) {
    digits[static_cast<unsigned char>(kAlphabet[i])] = static_cast<std::uint8_t>(i);
  }
  return digits;
}();

}  // namespace

std::string base64UrlEncode(std::string_view bytes) {
  std::string text;
  text.reserve((bytes.size() * 4 + 2) / 3);
  std::uint32_t bits = 0;
  unsigned waiting = 0;
  for (const char byte : bytes) {
    bits = (bits << 8) | static_cast<unsigned char>(byte);
    waiting += 8;
    while (waiting >= 6) {
      waiting -= 6;
      text.push_back(kAlphabet[(bits >> waiting) & 63]);
    }
  }
  if (waiting != 0) text.push_back(kAlphabet[(bits << (6 - waiting)) & 63]);
  return text;
}

std::optional<std::string> base64UrlDecode(std::string_view text) {
  if (text.size() % 4 == 1) return std::nullopt;
  std::string bytes;
  bytes.reserve(text.size() / 4 * 3 + 2);
  std::uint32_t bits = 0;
  unsigned waiting = 0;
  for (const char character : text) {
    const std::uint8_t digit = kDigitOf[static_cast<unsigned char>(character)];
    if (digit == kNoDigit) return std::nullopt;
    bits = (bits << 6) | digit;
    waiting += 6;
    if (waiting >= 8) {
      waiting -= 8;
      bytes.push_back(static_cast<char>((bits >> waiting) & 0xFF));
    }
  }
  const std::uint32_t unused = bits & ((1U << waiting) - 1);
  if (unused != 0) return std::nullopt;
  return bytes;
}

}  // namespace kvista
