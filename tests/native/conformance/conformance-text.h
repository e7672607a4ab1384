// The texts of the conformance suite: generators and captured names, expanded.
#pragma once

#include <map>
#include <string>

#include "tests/native/conformance/conformance.h"

namespace kvista::test {

struct Text {
  std::string utf8{};
  bool malformed = false;  // it held an unpaired surrogate, which stands as U+FFFD
};

// What texts may refer to.
struct Names {
  std::string nameSpace;
  Json eachKey;
  std::map<std::string, std::string> captured;
};

[[nodiscard]] Text expand(const Json& text, const Names& names);
// A list of keys: texts, or a series.
[[nodiscard]] std::vector<Text> expandKeys(const Json& keys, const Names& names);
[[nodiscard]] std::string expandVersion(const Json& version, const Names& names);

}  // namespace kvista::test
