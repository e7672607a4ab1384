// UTF-8 validation: eight ASCII bytes at a time, everything else by the table of RFC 3629.
#include "wasm/text/utf8.h"

#include <cstdint>
#include <cstring>

namespace kvista {
namespace {

constexpr std::uint64_t kHighBits = 0x8080808080808080;

// The index after the ASCII run that starts at `at`, or an earlier one if fewer than 8 bytes
// follow.
std::size_t skipAsciiWords(std::string_view text, std::size_t at) {
  while (text.size() - at >= 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, text.data() + at, sizeof word);
    if ((word & kHighBits) != 0) break;
    at += 8;
  }
  return at;
}

bool isContinuation(unsigned char byte) { return (byte & 0xC0) == 0x80; }

// The length of the character whose first byte is at `at`, or 0 if it is not one. Only the second
// byte has a range that depends on the first; this is what refuses overlong forms, surrogates and
// what lies above U+10FFFF.
std::size_t characterLength(std::string_view text, std::size_t at) {
  const auto byteAt = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = byteAt(at);
  const std::size_t left = text.size() - at;
  if (first < 0x80) return 1;
  if (first < 0xC2 || left < 2) return 0;
  const unsigned char second = byteAt(at + 1);
  if (first < 0xE0) return isContinuation(second) ? 2 : 0;
  if (left < 3 || !isContinuation(byteAt(at + 2))) return 0;
  if (first < 0xF0) {
    const unsigned char lowest = first == 0xE0 ? 0xA0 : 0x80;
    const unsigned char highest = first == 0xED ? 0x9F : 0xBF;
    return second >= lowest && second <= highest ? 3 : 0;
  }
  if (first > 0xF4 || left < 4 || !isContinuation(byteAt(at + 3))) return 0;
  const unsigned char lowest = first == 0xF0 ? 0x90 : 0x80;
  const unsigned char highest = first == 0xF4 ? 0x8F : 0xBF;
  return second >= lowest && second <= highest ? 4 : 0;
}

}  // namespace

bool isUtf8(std::string_view text) {
  std::size_t at = 0;
  while (at < text.size()) {
    if (static_cast<unsigned char>(text[at]) < 0x80) {
      const std::size_t next = skipAsciiWords(text, at);
      at = next == at ? at + 1 : next;
      continue;
    }
    const std::size_t length = characterLength(text, at);
    if (length == 0) return false;
    at += length;
  }
  return true;
}

std::size_t utf8Boundary(std::string_view text, std::size_t at) {
  if (at >= text.size()) return text.size();
  while (at > 0 && isContinuation(static_cast<unsigned char>(text[at]))) --at;
  return at;
}

}  // namespace kvista
