// SHA-1, five rounds unrolled: so the working variables are locals of the WebAssembly function, and
// the code is a quarter of what all 80 take.
#include "wasm/text/sha1.h"

#include <algorithm>
#include <bit>
#include <cstring>

namespace kvista {
namespace {

using State = std::array<std::uint32_t, 5>;

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
template <int kPhase>
[[gnu::always_inline]] inline std::uint32_t mix(std::uint32_t b, std::uint32_t c, std::uint32_t d) {
  if constexpr (kPhase == 0) return (d ^ (b & (c ^ d))) + 0x5A827999;
  if constexpr (kPhase == 1) return (b ^ c ^ d) + 0x6ED9EBA1;
  if constexpr (kPhase == 2) return ((b & c) | (d & (b | c))) + 0x8F1BBCDC;
  if constexpr (kPhase == 3) return (b ^ c ^ d) + 0xCA62C1D6;
}

template <int kPhase>
[[gnu::always_inline]] inline void round(std::uint32_t a, std::uint32_t& b, std::uint32_t c,
                                         std::uint32_t d, std::uint32_t& e, std::uint32_t word) {
  e += std::rotl(a, 5) + mix<kPhase>(b, c, d) + word;
  b = std::rotl(b, 30);
}

// The five variables do not move from round to round; their names do, and are back after five
// rounds.
template <int kPhase>
[[gnu::always_inline]] inline void phase(State& v, const std::uint32_t* words) {
  auto& [a, b, c, d, e] = v;
  for (const std::uint32_t* end = words + 20; words != end; words += 5) {
    round<kPhase>(a, b, c, d, e, words[0]);
    round<kPhase>(e, a, b, c, d, words[1]);
    round<kPhase>(d, e, a, b, c, words[2]);
    round<kPhase>(c, d, e, a, b, words[3]);
    round<kPhase>(b, c, d, e, a, words[4]);
  }
}

void compress(State& state, const std::uint8_t* block) {
  std::array<std::uint32_t, 80> words;
  for (std::size_t i = 0; i < 16; ++i) words[i] = loadBigEndian(block + 4 * i);
  for (std::size_t i = 16; i < words.size(); ++i) {
    words[i] = std::rotl(words[i - 3] ^ words[i - 8] ^ words[i - 14] ^ words[i - 16], 1);
  }
  State v = state;
  phase<0>(v, words.data());
  phase<1>(v, words.data() + 20);
  phase<2>(v, words.data() + 40);
  phase<3>(v, words.data() + 60);
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
