// The version of a value: the first 128 bits of SHA-1 over its bytes, as 32 lower-case hexadecimal
// digits. It depends on nothing but the value, so that data written by any program has one, and a
// Redis script can compute it. It is no security boundary.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "wasm/text/sha1.h"

namespace kvista {

inline constexpr std::size_t kVersionChars = 32;

[[nodiscard]] std::string versionOf(std::string_view value);

// Writes the version of `value` to `out`, without a terminator.
void versionInto(std::string_view value, char out[kVersionChars]);

// Whether `text` has the form of a version: 32 digits of 0-9 and a-f.
[[nodiscard]] bool isVersion(std::string_view text);

// The version of a value that arrives in parts. finish() and finishInto() make it ready for another
// value.
class VersionHasher {
 public:
  void update(std::string_view part) { sha1_.update(part); }
  [[nodiscard]] std::string finish();
  void finishInto(char out[kVersionChars]);

 private:
  Sha1 sha1_;
};

}  // namespace kvista
