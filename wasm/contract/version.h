// The version of a value: the first 128 bits of SHA-1 over its bytes, as 32 lower-case hexadecimal
// digits. It depends on the value alone, so a value that another program wrote has one too, and a
// script in Redis can compute it. A version identifies a value; it does not authenticate it.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "wasm/text/sha1.h"

namespace kvista {

inline constexpr std::size_t kVersionChars = 32;

// Returns the version of `value`.
[[nodiscard]] std::string versionOf(std::string_view value);

// Writes the version of `value` to `out`, without a NUL behind it.
void versionInto(std::string_view value, char out[kVersionChars]);

// Returns whether `text` has the form of a version: 32 characters of 0-9 and a-f.
[[nodiscard]] bool isVersion(std::string_view text);

// Computes the version of a value that arrives in parts. After finish() or finishInto() the next
// update() begins another value.
class VersionHasher {
 public:
  void update(std::string_view part) { sha1_.update(part); }
  [[nodiscard]] std::string finish();
  void finishInto(char out[kVersionChars]);

 private:
  Sha1 sha1_;
};

}  // namespace kvista
