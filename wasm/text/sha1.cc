// SHA-1 with all 80 rounds unrolled at compile time, so that the five working variables and the
// sixteen words of the schedule are locals of the WebAssembly function and never memory.
#include "wasm/text/sha1.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <utility>

namespace kvista {
namespace {

using State = std::array<std::uint32_t, 5>;
using Schedule = std::array<std::uint32_t, 16>;

std::uint32_t loadBigEndian(const std::uint8_t* from) {
  std::uint32_t word = 0;
  std::memcpy(&word, from, sizeof word);
  return std::endian::native == std::endian::little ? std::byteswap(word) : word;
}

void storeBigEndian(std::uint8_t* to, std::uint32_t word) {
  if constexpr (std::endian::native == std::endian::little) word = std::byteswap(word);
  std::memcpy(to, &word, sizeof word);
}

// FIPS 180-4, 4.1.1 and 4.2.1, with the choice and the majority in their shorter equal forms.
template <std::size_t kRound>
[[gnu::always_inline]] inline std::uint32_t mix(std::uint32_t b, std::uint32_t c, std::uint32_t d) {
  if constexpr (kRound < 20) return (d ^ (b & (c ^ d))) + 0x5A827999;
  if constexpr (kRound >= 20 && kRound < 40) return (b ^ c ^ d) + 0x6ED9EBA1;
  if constexpr (kRound >= 40 && kRound < 60) return ((b & c) | (d & (b | c))) + 0x8F1BBCDC;
  if constexpr (kRound >= 60) return (b ^ c ^ d) + 0xCA62C1D6;
}

// One round. The five variables do not move from round to round; their names do.
template <std::size_t kRound>
[[gnu::always_inline]] inline void round(State& v, Schedule& w) {
  constexpr std::size_t kA = (80 - kRound) % 5;
  const std::uint32_t b = v[(kA + 1) % 5];
  if constexpr (kRound >= 16) {
    w[kRound % 16] = std::rotl(
        w[(kRound + 13) % 16] ^ w[(kRound + 8) % 16] ^ w[(kRound + 2) % 16] ^ w[kRound % 16], 1);
  }
  v[(kA + 4) % 5] +=
      std::rotl(v[kA], 5) + mix<kRound>(b, v[(kA + 2) % 5], v[(kA + 3) % 5]) + w[kRound % 16];
  v[(kA + 1) % 5] = std::rotl(b, 30);
}

template <std::size_t... kRounds>
[[gnu::always_inline]] inline void allRounds(State& v, Schedule& w,
                                             std::index_sequence<kRounds...>) {
  (round<kRounds>(v, w), ...);
}

void compress(State& state, const std::uint8_t* block) {
  Schedule w;
  for (std::size_t i = 0; i < w.size(); ++i) w[i] = loadBigEndian(block + 4 * i);
  State v = state;
  allRounds(v, w, std::make_index_sequence<80>());
  for (std::size_t i = 0; i < v.size(); ++i) state[i] += v[i];
}

}  // namespace

void Sha1::update(std::string_view bytes) {
  if (bytes.empty()) return;
  const auto* from = reinterpret_cast<const std::uint8_t*>(bytes.data());
  std::size_t left = bytes.size();
  const std::size_t waiting = totalBytes_ % kBlockBytes;
  totalBytes_ += left;
  if (waiting != 0) {
    const std::size_t taken = std::min(left, kBlockBytes - waiting);
    std::memcpy(block_.data() + waiting, from, taken);
    if (waiting + taken < kBlockBytes) return;
    compress(state_, block_.data());
    from += taken;
    left -= taken;
  }
  for (; left >= kBlockBytes; from += kBlockBytes, left -= kBlockBytes) compress(state_, from);
  std::memcpy(block_.data(), from, left);
}

std::array<std::uint8_t, Sha1::kDigestBytes> Sha1::finish() {
  constexpr std::size_t kLengthAt = kBlockBytes - 8;
  const std::uint64_t totalBits = totalBytes_ * 8;
  std::size_t waiting = totalBytes_ % kBlockBytes;
  block_[waiting++] = 0x80;
  if (waiting > kLengthAt) {
    std::memset(block_.data() + waiting, 0, kBlockBytes - waiting);
    compress(state_, block_.data());
    waiting = 0;
  }
  std::memset(block_.data() + waiting, 0, kLengthAt - waiting);
  storeBigEndian(block_.data() + kLengthAt, static_cast<std::uint32_t>(totalBits >> 32));
  storeBigEndian(block_.data() + kLengthAt + 4, static_cast<std::uint32_t>(totalBits));
  compress(state_, block_.data());

  std::array<std::uint8_t, kDigestBytes> digest;
  for (std::size_t i = 0; i < state_.size(); ++i) storeBigEndian(digest.data() + 4 * i, state_[i]);
  state_ = kStart;
  totalBytes_ = 0;
  return digest;
}

}  // namespace kvista
