// Random keys, values and expiries for the model test: few keys, so that operations meet.
#pragma once

#include <cmath>
#include <random>
#include <string>
#include <vector>

#include "wasm/core/message.h"

namespace kvista::test {

class RandomInput {
 public:
  explicit RandomInput(std::uint64_t seed) : random_(seed) {}

  std::uint64_t any() { return random_(); }
  std::uint64_t pick(std::uint64_t below) { return random_() % below; }
  std::string anyKey() {
    static const std::vector<std::string> keys = {"a",      "a/",         "a/b",       "a/c",
                                                  "ab",     "b",          "*",         "\u20ac",
                                                  "\uff5e", "\U00010000", "__proto__", "a*"};
    return keys[pick(keys.size())];
  }
  std::string anyPrefix() {
    static const std::vector<std::string> prefixes = {"", "a", "a/", "*", "\u20ac", "zz", "a*"};
    return prefixes[pick(prefixes.size())];
  }
  std::string anyValue() {
    switch (pick(12)) {
      case 0:
        return "";
      case 1:
        return std::string(pick(40'000), 'x');
      case 2:
        return pick(20) == 0 ? std::string(2'000'000 + pick(2'000'000), 'y') : "y";
      case 3:
        return std::string("\0\xEF\xBB\xBF", 4);
      default:
        return "{\"n\":" + std::to_string(pick(100)) + ",\"m\":" + std::to_string(pick(5)) + "}";
    }
  }
  void anyExpiry(ExpiryKind& kind, double& number, double nowMs, bool mayFail) {
    const double now = std::floor(nowMs / 1000);
    // A key that expires while an operation is being repeated would have two right answers.
    if (mayFail) {
      kind = pick(3) == 0 ? ExpiryKind::kAt : ExpiryKind::kNone;
      number = pick(3) == 0 ? now - 1 : now + 1'000'000 + static_cast<double>(pick(1000));
      return;
    }
    switch (pick(8)) {
      case 0:
        kind = ExpiryKind::kTtl;
        number = static_cast<double>(1 + pick(5));
        break;
      case 1:
        kind = ExpiryKind::kTtl;
        number = static_cast<double>(60 + pick(100));
        break;
      case 2:
        kind = ExpiryKind::kAt;
        number = now + static_cast<double>(pick(6)) - 2;
        break;
      default:
        break;
    }
  }

 private:
  std::mt19937_64 random_;
};

}  // namespace kvista::test
