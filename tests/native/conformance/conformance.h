// Reads the cases of tests/conformance and carries them out over a store (grammar: its README).
#pragma once

#include <set>
#include <string>
#include <vector>

#include "nlohmann/json.hpp"
#include "tests/native/support/backend.h"

namespace kvista::test {

using Json = nlohmann::ordered_json;

struct Case {
  std::string name;
  Json steps{};
  std::uint32_t needs = 0;
  std::uint32_t lacks = 0;
  std::set<std::string> traits{};
  Json eachKey{};  // the key that stands for {"eachKey": true}, if the case is run for each
};

// Every case of every file, those for each key once for each.
[[nodiscard]] const std::vector<Case>& conformanceCases();
// A file of tests/conformance as JSON.
[[nodiscard]] Json readConformanceFile(const std::string& name);

// Runs a case over an empty store; what goes wrong fails the current test and names the step.
void runCase(Backend& backend, const Case& one);

}  // namespace kvista::test
