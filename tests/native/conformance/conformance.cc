#include "tests/native/conformance/conformance.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>

#include <catch2/catch_test_macros.hpp>

#include "wasm/store/store.h"

namespace kvista::test {
namespace {

std::filesystem::path folder() { return std::filesystem::path(KVISTA_TESTS) / "conformance"; }

std::uint32_t capabilitiesIn(const Json& names) {
  std::uint32_t bits = 0;
  for (const Json& name : names) {
    if (name == "compareAndSet")
      bits |= capability::kCompareAndSet;
    else if (name == "patch")
      bits |= capability::kPatch;
    else if (name == "linearizableReads")
      bits |= capability::kLinearizableReads;
    else if (name == "expiry")
      bits |= capability::kExpiry;
    else if (name == "orderedPages")
      bits |= capability::kOrderedPages;
    else
      FAIL("there is no capability " << name);
  }
  return bits;
}

void append(std::vector<Case>& cases, const Json& one, const Json& keys) {
  Case read{.name = one["name"].get<std::string>(), .steps = one["steps"]};
  read.needs = capabilitiesIn(one.value("needs", Json::array()));
  read.lacks = capabilitiesIn(one.value("lacks", Json::array()));
  for (const Json& trait : one.value("traits", Json::array()))
    read.traits.insert(trait.get<std::string>());
  if (!one.contains("forEach")) {
    cases.push_back(std::move(read));
    return;
  }
  REQUIRE(one["forEach"] == "keys");
  for (const Json& key : keys) {
    Case each = read;
    each.name += " (" + key["name"].get<std::string>() + ")";
    each.eachKey = key["key"];
    cases.push_back(std::move(each));
  }
}

}  // namespace

Json readConformanceFile(const std::string& name) {
  std::ifstream file(folder() / name);
  REQUIRE(file.good());
  Json json = Json::parse(file, nullptr, false);
  REQUIRE_FALSE(json.is_discarded());
  return json;
}

const std::vector<Case>& conformanceCases() {
  static const std::vector<Case> cases = [] {
    std::vector<std::filesystem::path> files;
    for (const auto& entry : std::filesystem::directory_iterator(folder() / "cases")) {
      files.push_back(entry.path());
    }
    std::ranges::sort(files);
    const Json keys = readConformanceFile("keys.json");
    std::vector<Case> all;
    for (const auto& file : files) {
      const Json read = readConformanceFile("cases/" + file.filename().string());
      for (const Json& one : read["cases"]) append(all, one, keys);
    }
    return all;
  }();
  return cases;
}

}  // namespace kvista::test
