// JSON merge patch: the value is nlohmann's, and the text of whatever the patch does not name is
// the document's. The input is a document and a patch.
#include "wasm/text/merge-patch.h"

#include <string>

#include <nlohmann/json.hpp>

#include "tests/fuzz/support/input.h"
#include "tests/fuzz/support/json-mutator.h"
#include "tests/fuzz/support/json-tree.h"
#include "wasm/text/json-check.h"

using namespace kvista;
using kvista::fuzz::JsonTree;
using kvista::fuzz::JsonTreeMember;
using kvista::fuzz::require;
using nlohmann::json;

namespace {

bool isNull(const JsonTree& tree) { return tree.text == "null"; }

void checkValue(const JsonTree& merged, const JsonTree* document, const JsonTree& patch);

void checkSet(const JsonTreeMember& merged, std::string_view nameText, const JsonTree* document,
              const JsonTree& patch) {
  require(merged.nameText == nameText, "a name keeps its spelling");
  checkValue(merged.value, document, patch);
}

// The members of the merged object, in order: those of the document, then those that are new.
void checkObject(const JsonTree& merged, const JsonTree* document, const JsonTree& patch) {
  auto next = merged.members.begin();
  const auto take = [&]() -> const JsonTreeMember& {
    require(next != merged.members.end(), "no member is lost");
    return *next++;
  };
  if (document != nullptr) {
    for (const JsonTreeMember& member : document->members) {
      const JsonTreeMember* const change = patch.find(member.name);
      if (change == nullptr) {
        const JsonTreeMember& kept = take();
        require(kept.text == member.text, "what the patch does not name keeps its text");
        const bool isLast = &member == &document->members.back();
        require(isLast || kept.space.starts_with(member.space), "and the whitespace behind");
      } else if (document->find(member.name) == &member && !isNull(change->value)) {
        checkSet(take(), member.nameText, &member.value, change->value);
      }
    }
  }
  for (const JsonTreeMember& member : patch.members) {
    const bool isLast = patch.find(member.name) == &member;
    const bool isNew = document == nullptr || document->find(member.name) == nullptr;
    if (isLast && isNew && !isNull(member.value)) {
      checkSet(take(), member.nameText, nullptr, member.value);
    }
  }
  require(next == merged.members.end(), "no member is made up");
  if (document == nullptr || document->members.empty() || merged.members.empty()) return;
  require(merged.members.back().space.ends_with(document->members.back().space),
          "the whitespace before the closing brace stays");
}

void checkValue(const JsonTree& merged, const JsonTree* document, const JsonTree& patch) {
  if (patch.isObject()) {
    require(merged.isObject(), "an object in a patch gives one");
    checkObject(merged, document != nullptr && document->isObject() ? document : nullptr, patch);
  } else {
    require(merged.text == patch.text, "what a patch sets has the patch's text");
  }
}

void checkFrame(std::string_view merged, std::string_view document) {
  const std::size_t begin = document.find('{');
  const std::size_t end = document.rfind('}');
  require(
      merged.starts_with(document.substr(0, begin + 1)) && merged.ends_with(document.substr(end)),
      "the whitespace around a document stays");
}

void checkSemantics(std::string_view merged, std::string_view document, std::string_view patch) {
  json expected = json::parse(document, nullptr, false);
  const json change = json::parse(patch, nullptr, false);
  // nlohmann refuses numbers beyond a double and unpaired surrogates.
  if (expected.is_discarded() || change.is_discarded()) return;
  expected.merge_patch(change);
  require(json::parse(merged, nullptr, false) == expected, "the merged value is nlohmann's");
}

}  // namespace

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size,
                                               std::size_t most, unsigned seed) {
  return fuzz::mutateJson(data, size, most, seed);
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::Input input(data, size);
  const std::string_view document = input.part();
  const std::string_view patch = input.part();
  const Result<std::string> merged = mergePatch(document, patch);
  if (!checkJson(patch)) {
    require(!merged && merged.error().code == Code::kInvalidArgument, "a patch has to be JSON");
    return 0;
  }
  if (!checkJson(document)) {
    require(!merged && merged.error().code == Code::kInvalidValue, "a document has to be JSON");
    return 0;
  }
  require(merged.has_value(), "JSON is merged with JSON");
  require(checkJson(*merged).has_value(), "what is merged is JSON");
  const JsonTree before = fuzz::readJson(document);
  const JsonTree change = fuzz::readJson(patch);
  const JsonTree after = fuzz::readJson(*merged);
  checkValue(after, &before, change);
  if (before.isObject() && change.isObject()) checkFrame(*merged, document);
  checkSemantics(*merged, document, patch);
  require(mergePatch(*merged, patch) == *merged, "the same patch again changes no text");
  if (after.isObject()) require(mergePatch(*merged, " {} ") == *merged, "no change is none");
  return 0;
}
