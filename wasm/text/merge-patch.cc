// JSON merge patch. checkJson (nlohmann's parser) decides what is JSON, JsonScan finds the members,
// and this copies the text between.
#include "wasm/text/merge-patch.h"

#include <optional>
#include <utility>

#include "wasm/core/joined.h"
#include "wasm/text/json-changes.h"
#include "wasm/text/json-check.h"
#include "wasm/text/json-object-writer.h"
#include "wasm/text/json-scan.h"

namespace kvista {
namespace {

class Merger {
 public:
  Merger(std::string_view document, std::string_view patch) : document_(document), patch_(patch) {}

  // Nothing if the result would be over kMaxJsonBytes.
  std::optional<std::string> merge() {
    const std::size_t target = document_.root();
    const std::size_t change = patch_.root();
    if (isObject(document_, target) && isObject(patch_, change)) {
      out_ += document_.slice(0, target);
      mergeObjects(target, change);
      out_ += document_.from(document_.valueEnd(target));
    } else {
      addValue(change);
    }
    if (isFull()) return std::nullopt;
    return std::move(out_);
  }

 private:
  static bool isObject(const JsonScan& scan, std::size_t value) { return scan.at(value) == '{'; }
  bool isRemoval(std::size_t value) const { return patch_.at(value) == 'n'; }

  // Nothing is written any more. It bounds the memory too: appended members repeat whitespace.
  bool isFull() const { return out_.size() > kMaxJsonBytes; }

  void mergeObjects(std::size_t object, std::size_t patchObject) {
    JsonChanges changes(patch_, patchObject);
    changes.aimAt(document_, object);
    JsonObjectWriter writer(out_, document_, object);
    for (auto m = writer.first(); m && !isFull(); m = document_.nextMember(*m)) {
      const JsonChange* const change = changes.find(document_.from(m->name));
      const bool isKept =
          change == nullptr || (change->target == m->name && !isRemoval(change->value));
      if (isKept) {
        writer.beginMember(*m);
        if (change == nullptr) {
          out_ += document_.slice(m->value, m->valueEnd);
        } else {
          mergeValues(m->value, change->value);
        }
      }
      writer.endMember(*m, isKept);
    }
    for (auto m = patch_.firstMember(patchObject); m && !isFull(); m = patch_.nextMember(*m)) {
      const JsonChange* const change = changes.find(patch_.from(m->name));
      const bool isNew = change->name == m->name && !change->hasTarget();
      if (!isNew || isRemoval(m->value)) continue;
      writer.beginNewMember();
      out_ += patch_.slice(m->name, m->value);
      addValue(m->value);
    }
    writer.end();
  }

  void mergeValues(std::size_t target, std::size_t change) {
    if (isObject(document_, target) && isObject(patch_, change)) {
      mergeObjects(target, change);
    } else {
      addValue(change);
    }
  }

  // A value of the patch where the document has none, or none to merge with: the removals in it
  // have nothing to remove. Inside an array a null is a value.
  void addValue(std::size_t value) {
    if (isObject(patch_, value)) {
      addObject(value);
    } else {
      out_ += patch_.slice(value, patch_.valueEnd(value));
    }
  }

  void addObject(std::size_t object) {
    const JsonChanges changes(patch_, object);
    JsonObjectWriter writer(out_, patch_, object);
    for (auto m = writer.first(); m; m = patch_.nextMember(*m)) {
      const bool isLast = changes.find(patch_.from(m->name))->name == m->name;
      const bool isKept = isLast && !isRemoval(m->value);
      if (isKept) {
        writer.beginMember(*m);
        addValue(m->value);
      }
      writer.endMember(*m, isKept);
    }
    writer.end();
  }

  JsonScan document_;
  JsonScan patch_;
  std::string out_;
};

std::string describe(std::string_view what, std::size_t bytes, JsonRefusal refusal) {
  switch (refusal.flaw) {
    case JsonFlaw::kTooLarge:
      return joined({what, " is ", bytes, " bytes; a merge takes at most ", kMaxJsonBytes});
    case JsonFlaw::kTooDeep:
      return joined({what, " has arrays and objects nested over ", kMaxJsonDepth, " levels deep"});
    case JsonFlaw::kMalformed:
      break;
  }
  return joined({what, " is not JSON (near byte ", refusal.at, ")"});
}

}  // namespace

Result<std::string> mergePatch(std::string_view document, std::string_view patch) {
  if (const auto checked = checkJson(patch); !checked) {
    const bool isTooLarge = checked.error().flaw == JsonFlaw::kTooLarge;
    return fail(isTooLarge ? Code::kTooLarge : Code::kInvalidArgument,
                describe("the patch", patch.size(), checked.error()),
                isTooLarge ? "merge in several smaller patches"
                           : "pass a JSON value, as RFC 7396 describes it");
  }
  if (const auto checked = checkJson(document); !checked) {
    const bool isTooLarge = checked.error().flaw == JsonFlaw::kTooLarge;
    return fail(isTooLarge ? Code::kTooLarge : Code::kInvalidValue,
                describe("the stored value", document.size(), checked.error()),
                isTooLarge ? "change it with entry and compareAndSet"
                           : "patch needs a stored JSON value; replace this one with set");
  }
  std::optional<std::string> merged = Merger(document, patch).merge();
  if (!merged) {
    return fail(
        Code::kTooLarge,
        joined({"the merged value would be over ", kMaxJsonBytes, " bytes: the stored value is ",
                document.size(), ", the patch ", patch.size()}),
        "store the larger parts under keys of their own, or write the value with set");
  }
  return std::move(*merged);
}

}  // namespace kvista
