// The SHA-1 of a text as hexadecimal digits, as Redis names a script by it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "wasm/text/sha1.h"

namespace kvista::test {

[[nodiscard]] inline std::string sha1Hex(std::string_view bytes) {
  Sha1 sha1;
  sha1.update(bytes);
  std::string digits;
  for (const std::uint8_t byte : sha1.finish()) {
    digits += "0123456789abcdef"[byte >> 4];
    digits += "0123456789abcdef"[byte & 15];
  }
  return digits;
}

}  // namespace kvista::test
