// Records: what the check accepts has its fields, and a merge gives a record in which nothing that
// another writer wrote is lost. The input is a record, a change and a letter that says how.
#include "wasm/records/record.h"

#include <map>
#include <string>

#include <nlohmann/json.hpp>

#include "tests/fuzz/support/input.h"
#include "tests/fuzz/support/json-mutator.h"
#include "tests/fuzz/support/json-tree.h"
#include "wasm/text/json-check.h"
#include "wasm/text/timestamp.h"

using namespace kvista;
using kvista::fuzz::JsonTree;
using kvista::fuzz::JsonTreeMember;
using kvista::fuzz::require;
using nlohmann::json;

namespace {

// By the names of those fields; a record's own text if it is looked into by name.
const JsonTree* at(const JsonTree& tree, std::u16string_view name) {
  const JsonTreeMember* const member = tree.find(name);
  return member == nullptr ? nullptr : &member->value;
}

bool isCount(const json& value) {
  return value.is_number() && value >= 0 && value.get<double>() <= 9007199254740991.0;
}

void checkUpload(const json& value) {
  require(value["id"].is_string() && isCount(value["offset"]), "an upload has its id and offset");
  const json& storage = value["storage"];
  require(storage["id"].is_string() && storage["type"].is_string(), "an upload has its storage");
  if (!storage.contains("parts")) return;
  for (const json& part : storage["parts"]) {
    require(isCount(part["partNumber"]) && part["etag"].is_string() && isCount(part["size"]),
            "a part has its number, etag and size");
  }
}

bool isMoment(const json& value) {
  return value.is_string() && millisecondsOf(value.get_ref<const std::string&>());
}

void checkJob(const json& value) {
  for (const char* name : {"id", "flowId", "storageId", "status"}) {
    require(value[name].is_string(), "a job has its texts");
  }
  require(isMoment(value["createdAt"]) && isMoment(value["updatedAt"]), "a job has its moments");
  for (const json& task : value["tasks"]) {
    require(task["nodeId"].is_string() && task["status"].is_string(), "a task has its node");
    require(!task.contains("updatedAt") || isMoment(task["updatedAt"]), "a task's date is one");
  }
}

bool isRecord(RecordKind kind, std::string_view text) {
  if (!checkRecord(kind, text, Code::kCorrupt)) return false;
  const json value = json::parse(text, nullptr, false);
  // nlohmann refuses numbers beyond a double and unpaired surrogates.
  if (value.is_discarded()) return true;
  require(value.is_object(), "a record is an object");
  if (kind == RecordKind::kUpload) {
    checkUpload(value);
  } else {
    checkJob(value);
  }
  return true;
}

double numberIn(const JsonTree& tree) {
  return std::strtod(std::string(tree.text).c_str(), nullptr);
}

using Elements = std::map<std::u16string, std::string_view>;

// The elements by what tells them apart: of one key the last.
Elements elementsOf(const JsonTree* list, std::u16string_view key) {
  Elements elements;
  if (list == nullptr) return elements;
  for (const JsonTree& element : list->elements) {
    const JsonTree* const name = at(element, key);
    if (name == nullptr) fuzz::refute("every element of a list has its key");
    const std::string number = std::to_string(numberIn(*name));
    elements[name->isString() ? fuzz::unitsOf(name->text)
                              : std::u16string(number.begin(), number.end())] = element.text;
  }
  return elements;
}

void checkUnion(const JsonTree* merged, const JsonTree* before, const JsonTree* change,
                std::u16string_view key, bool isDated) {
  const Elements all = elementsOf(merged, key);
  const Elements old = elementsOf(before, key);
  const Elements added = elementsOf(change, key);
  require(merged == nullptr || change == nullptr || all.size() == merged->elements.size(),
          "a union has every element once");
  for (const auto& [name, text] : all) {
    const auto was = old.find(name);
    const auto is = added.find(name);
    require(was != old.end() || is != added.end(), "a union makes no element up");
    // Of lists that repeat a key a dated element may be any of its own.
    if (isDated) continue;
    require(text == (is != added.end() ? is->second : was->second), "the change's element counts");
  }
  for (const auto& elements : {old, added}) {
    for (const auto& element : elements) {
      require(all.contains(element.first), "a union loses no element");
    }
  }
}

void checkUploadMerge(RecordUse use, const JsonTree& merged, const JsonTree& before,
                      const JsonTree& change) {
  if (use.rewinds) return;
  const JsonTree* const offset = at(change, u"offset");
  const double was = numberIn(*at(before, u"offset"));
  const double is = numberIn(*at(merged, u"offset"));
  require(is >= was, "an offset does not shrink");
  if (offset != nullptr) require(is == std::max(was, numberIn(*offset)), "an offset is the larger");
  const JsonTree* const storage = at(change, u"storage");
  const JsonTree* const parts = storage == nullptr ? nullptr : at(*storage, u"parts");
  if (parts != nullptr && !parts->isArray()) return;
  checkUnion(at(*at(merged, u"storage"), u"parts"), at(*at(before, u"storage"), u"parts"), parts,
             u"partNumber", false);
}

void checkJobMerge(RecordUse use, const JsonTree& merged, const JsonTree& before,
                   const JsonTree& change) {
  if (use.rewinds) return;
  const std::u16string was = fuzz::unitsOf(at(before, u"status")->text);
  const std::u16string is = fuzz::unitsOf(at(merged, u"status")->text);
  if (was == u"completed" || was == u"failed" || was == u"cancelled") {
    require(is == was, "a status that has ended stays");
    for (const std::u16string_view name : {u"error", u"endedAt"}) {
      const JsonTree* const told = at(before, name);
      require(told == nullptr || at(merged, name)->text == told->text, "so does how it ended");
    }
  }
  const auto moment = [](const JsonTree& tree, std::u16string_view name) {
    const std::u16string units = fuzz::unitsOf(at(tree, name)->text);
    return millisecondsOf(std::string(units.begin(), units.end()));
  };
  require(moment(merged, u"updatedAt") >= moment(before, u"updatedAt"), "a job gets no older");
  const JsonTree* const tasks = at(change, u"tasks");
  if (tasks != nullptr && !tasks->isArray()) return;
  checkUnion(at(merged, u"tasks"), at(before, u"tasks"), tasks, u"nodeId", true);
}

// What the change does not name keeps its text, but for a pause that a whole record ends.
void checkRest(RecordUse use, const JsonTree& merged, const JsonTree& before,
               const JsonTree& change) {
  auto next = merged.members.begin();
  for (const JsonTreeMember& member : before.members) {
    const bool isPause = member.name == u"pausedAt" || member.name == u"executionState";
    if (change.find(member.name) != nullptr || (use.isWhole && isPause)) continue;
    while (next != merged.members.end() && next->text != member.text) ++next;
    require(next != merged.members.end(), "what the change does not name keeps its text");
    ++next;
  }
}

void checkMerge(RecordUse use, std::string_view record, std::string_view change) {
  const Result<std::string> merged = mergeRecord(use, record, change);
  if (!merged) {
    require(!merged.error().message.empty() && merged.error().code != Code::kTooLarge,
            "a small merge that is refused says why");
    return;
  }
  require(isRecord(use.kind, *merged), "what is merged is a record");
  if (!checkRecord(use.kind, record, Code::kCorrupt)) {
    require(use.isWhole && *merged == change, "what was no record is replaced by a whole one");
    return;
  }
  require(mergeRecord(use, *merged, change) == *merged, "the same change again changes nothing");
  const JsonTree after = fuzz::readJson(*merged);
  const JsonTree before = fuzz::readJson(record);
  const JsonTree with = fuzz::readJson(change);
  require(fuzz::unitsOf(at(after, u"id")->text) == fuzz::unitsOf(at(before, u"id")->text),
          "a record keeps its id");
  checkRest(use, after, before, with);
  (use.kind == RecordKind::kUpload ? checkUploadMerge : checkJobMerge)(use, after, before, with);
}

}  // namespace

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size,
                                               std::size_t most, unsigned seed) {
  return fuzz::mutateJson(data, size, most, seed);
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::Input input(data, size);
  const std::string_view record = input.part();
  const std::string_view change = input.part();
  const std::string_view letter = input.part();
  const unsigned bits = letter.empty() ? 0U : static_cast<unsigned char>(letter.front()) & 7U;
  RecordUse use;
  use.kind = (bits & 1) == 0 ? RecordKind::kUpload : RecordKind::kFlowJob;
  use.isWhole = (bits & 2) != 0;
  use.rewinds = (bits & 4) != 0;
  (void)isRecord(use.kind, record);
  checkMerge(use, record, change);
  return 0;
}
