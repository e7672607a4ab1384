// SHA-1 (FIPS 180-4), incremental. It names values; it is no security boundary anywhere here.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace kvista {

class Sha1 {
 public:
  static constexpr std::size_t kDigestBytes = 20;

  // Appends to the message. Splitting a message over several calls does not change its digest.
  void update(std::string_view bytes);

  // The digest of everything since construction or the last finish(), and a fresh start: the next
  // update() begins another message.
  [[nodiscard]] std::array<std::uint8_t, kDigestBytes> finish();

 private:
  static constexpr std::size_t kBlockBytes = 64;
  static constexpr std::array<std::uint32_t, 5> kStart = {0x67452301, 0xEFCDAB89, 0x98BADCFE,
                                                          0x10325476, 0xC3D2E1F0};

  std::array<std::uint32_t, 5> state_ = kStart;
  std::uint64_t totalBytes_ = 0;
  // Its first totalBytes_ % kBlockBytes bytes wait for the rest of their block; the others are
  // never read, so they are not initialised.
  std::array<std::uint8_t, kBlockBytes> block_;
};

}  // namespace kvista
