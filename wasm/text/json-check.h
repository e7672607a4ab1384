// Whether text is JSON (RFC 8259), within bounds. It builds no document and keeps nothing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <string_view>

namespace kvista {

// The bounds of JSON text that is read here. A parser needs memory in proportion to the text and,
// to follow nesting, stack; WebAssembly has little of either.
inline constexpr std::size_t kMaxJsonBytes = 4 * 1024 * 1024;
inline constexpr std::size_t kMaxJsonDepth = 256;

enum class JsonFlaw : std::uint8_t { kTooLarge, kTooDeep, kMalformed };

// Why a text is refused, and about where, in bytes from its start.
struct JsonRefusal {
  JsonFlaw flaw = JsonFlaw::kMalformed;
  std::size_t at = 0;

  friend bool operator==(const JsonRefusal&, const JsonRefusal&) = default;
};

// Succeeds if `text` is one JSON value of at most kMaxJsonBytes with at most kMaxJsonDepth arrays
// and objects inside each other. It accepts what JSON.parse accepts: numbers of any magnitude,
// repeated member names and escapes of unpaired surrogates too; no byte order mark, and only UTF-8.
// Memory and stack do not grow with the text, except for a string full of escapes.
[[nodiscard]] std::expected<void, JsonRefusal> checkJson(std::string_view text);

}  // namespace kvista
