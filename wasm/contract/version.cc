// Versions: SHA-1, cut to 128 bits and written in hexadecimal.
#include "wasm/contract/version.h"

#include <algorithm>
#include <array>
#include <cstdint>

namespace kvista {

void VersionHasher::finishInto(char out[kVersionChars]) {
  constexpr char kDigits[] = "0123456789abcdef";
  const std::array<std::uint8_t, Sha1::kDigestBytes> digest = sha1_.finish();
  for (std::size_t i = 0; i < kVersionChars / 2; ++i) {
    out[2 * i] = kDigits[digest[i] >> 4];
    out[2 * i + 1] = kDigits[digest[i] & 15];
  }
}

std::string VersionHasher::finish() {
  std::string version(kVersionChars, '\0');
  finishInto(version.data());
  return version;
}

void versionInto(std::string_view value, char out[kVersionChars]) {
  VersionHasher hasher;
  hasher.update(value);
  hasher.finishInto(out);
}

std::string versionOf(std::string_view value) {
  VersionHasher hasher;
  hasher.update(value);
  return hasher.finish();
}

bool isVersion(std::string_view text) {
  return text.size() == kVersionChars && std::ranges::all_of(text, [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
         });
}

}  // namespace kvista
