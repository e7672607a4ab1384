// Random: a generator whose output is specified here, so that a seed replays on any standard
// library, and hashes that do not change between builds.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <span>
#include <string_view>

namespace kvista::simulation {

// The finalizer of splitmix64 (Steele, Lea, Flood 2014).
[[nodiscard]] constexpr std::uint64_t scramble(std::uint64_t z) {
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
  return z ^ (z >> 31);
}

[[nodiscard]] constexpr std::uint64_t hashOf(std::initializer_list<std::uint64_t> numbers) {
  std::uint64_t hash = 0;
  for (const std::uint64_t one : numbers) hash = scramble(hash + 0x9e3779b97f4a7c15ULL + one);
  return hash;
}

[[nodiscard]] constexpr std::uint64_t hashOf(std::string_view text) {
  std::uint64_t hash = 0xCBF29CE484222325;
  for (const char c : text) hash = (hash ^ static_cast<std::uint8_t>(c)) * 0x100000001B3ULL;
  return scramble(hash);
}

class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}

  std::uint64_t next() { return scramble(state_ += 0x9e3779b97f4a7c15ULL); }
  std::uint64_t below(std::uint64_t limit) { return next() % limit; }
  bool oneIn(std::uint64_t count) { return below(count) == 0; }
  // In whole numbers, both ends included.
  double between(std::uint64_t least, std::uint64_t most) {
    return static_cast<double>(least + below(most - least + 1));
  }
  template <typename T>
  const T& pick(std::span<const T> choices) {
    return choices[below(choices.size())];
  }

 private:
  std::uint64_t state_;
};

}  // namespace kvista::simulation
