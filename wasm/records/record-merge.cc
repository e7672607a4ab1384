// The merge of a record: the fields decide which text each member gets, and what lies between is
// copied.
#include <optional>

#include "wasm/core/joined.h"
#include "wasm/records/record-members.h"
#include "wasm/records/record-union.h"
#include "wasm/records/record.h"
#include "wasm/text/json-changes.h"
#include "wasm/text/json-check.h"
#include "wasm/text/json-object-writer.h"
#include "wasm/text/json-object.h"
#include "wasm/text/merge-patch.h"
#include "wasm/text/timestamp.h"

namespace kvista {
namespace {

constexpr RecordField kUnknownField{};

class RecordMerger {
 public:
  RecordMerger(RecordUse use, std::string_view record, std::string_view change)
      : use_(use), record_(record), change_(change) {
    if (use.kind != RecordKind::kFlowJob || use.rewinds) return;
    const std::string_view now = memberOf(record_, record_.root(), "status");
    isEnded_ = isFinal(JsonText{now}.string().value_or(""));
    const std::string_view then = memberOf(change_, change_.root(), "status");
    agrees_ = then.empty() || (then.front() == '"' && compareJsonStrings(now, then) == 0);
  }

  Result<std::string> merge() {
    out_ += record_.slice(0, record_.root());
    mergeMembers(record_.root(), change_.root(), shapeOf(use_.kind));
    out_ += record_.from(record_.valueEnd(record_.root()));
    if (error_) return std::unexpected(std::move(*error_));
    return std::move(out_);
  }

 private:
  bool isRemoval(std::size_t value) const { return !use_.isWhole && change_.at(value) == 'n'; }
  std::string_view recordText(std::size_t value) const {
    return record_.slice(value, record_.valueEnd(value));
  }
  std::string_view changeText(std::size_t value) const {
    return change_.slice(value, change_.valueEnd(value));
  }
  bool isFull() const { return error_ || out_.size() > kMaxJsonBytes; }

  void mergeMembers(std::size_t object, std::size_t changeObject, const RecordShape& shape) {
    JsonChanges changes(change_, changeObject);
    changes.aimAt(record_, object);
    JsonObjectWriter writer(out_, record_, object);
    for (auto m = writer.first(); m && !isFull(); m = record_.nextMember(*m)) {
      const JsonChange* const change = changes.find(record_.from(m->name));
      const RecordField* const known = fieldNamed(shape, record_.from(m->name));
      const RecordField& field = known == nullptr ? kUnknownField : *known;
      if (change == nullptr) {
        const bool stays = !isOver(field);
        if (stays) {
          writer.beginMember(*m);
          out_ += recordText(m->value);
        }
        writer.endMember(*m, stays);
        continue;
      }
      const bool isLast = change->target == m->name;
      const bool isKept = isLast && (!isRemoval(change->value) || holds(field));
      if (isKept) {
        writer.beginMember(*m);
        mergeValues(field, m->value, change->value);
      }
      writer.endMember(*m, isKept);
    }
    for (auto m = change_.firstMember(changeObject); m && !isFull(); m = change_.nextMember(*m)) {
      const JsonChange* const change = changes.find(change_.from(m->name));
      const bool isNew = change->name == m->name && !change->hasTarget();
      const RecordField* const field = fieldNamed(shape, change_.from(m->name));
      const bool isLate = field != nullptr && isBoundToStatus(*field) && !agrees_;
      if (!isNew || isRemoval(m->value) || isLate) continue;
      writer.beginNewMember();
      out_ += change_.slice(m->name, m->value);
      add(field == nullptr ? kUnknownField : *field, m->value);
    }
    writer.end();
  }

  bool isBoundToStatus(const RecordField& field) const {
    return isEnded_ && field.merge == FieldMerge::kWithStatus;
  }

  // Whether the field, which a whole record leaves out, belongs to a pause that it ends.
  bool isOver(const RecordField& field) const {
    return use_.isWhole && !isEnded_ && !agrees_ && field.merge == FieldMerge::kOfPause;
  }

  // Whether the field keeps what it has, whatever the change says.
  bool holds(const RecordField& field) const {
    return isBoundToStatus(field) || (isEnded_ && field.merge == FieldMerge::kStatus);
  }

  void mergeValues(const RecordField& field, std::size_t now, std::size_t change) {
    if (holds(field)) {
      out_ += recordText(now);
    } else if (field.merge == FieldMerge::kMembers && change_.at(change) == '{') {
      mergeMembers(now, change, *field.shape);
    } else if (!flawOf(change_, change, field).empty()) {
      // The check of the result names it.
      replace(now, change);
    } else if (keepsNow(field, now, change)) {
      out_ += recordText(now);
    } else if (unites(field, change)) {
      out_ += unionOf(field, record_, now, change_, change);
    } else {
      replace(now, change);
    }
  }

  // REQUIRES, as unites does: the change is without a flaw.
  bool keepsNow(const RecordField& field, std::size_t now, std::size_t change) {
    const JsonText before{recordText(now)};
    const JsonText after{changeText(change)};
    switch (field.merge) {
      case FieldMerge::kSame:
        if (compareJsonStrings(before.text, after.text) != 0) refuse(field);
        return true;
      case FieldMerge::kGrows:
        return !use_.rewinds && before.number() > after.number();
      case FieldMerge::kLatest:
        return !use_.rewinds && millisecondsOf(before.string().value_or("")) >
                                    millisecondsOf(after.string().value_or(""));
      default:
        return false;
    }
  }

  bool unites(const RecordField& field, std::size_t change) const {
    if (use_.rewinds) return false;
    // Of a whole record, what is left out may have been taken out: Uploadista's engine does so with
    // a file that became a result, and deletes the files that are left.
    if (field.merge == FieldMerge::kTextUnion) {
      return !use_.isWhole && change_.firstElement(change).has_value();
    }
    return field.merge == FieldMerge::kUnion;
  }

  void replace(std::size_t now, std::size_t change) {
    if (use_.isWhole) {
      out_ += changeText(change);
    } else {
      patch(recordText(now), change);
    }
  }

  // What the record does not have: a list as if it were empty there.
  void add(const RecordField& field, std::size_t change) {
    if (flawOf(change_, change, field).empty() && unites(field, change)) {
      const JsonScan nothing("[]");
      out_ += unionOf(field, nothing, nothing.root(), change_, change);
    } else if (use_.isWhole) {
      out_ += changeText(change);
    } else {
      patch("null", change);
    }
  }

  void patch(std::string_view now, std::size_t change) {
    Result<std::string> merged = mergePatch(now, changeText(change));
    if (merged) {
      out_ += *merged;
    } else {
      error_ = std::move(merged.error());
    }
  }

  void refuse(const RecordField& field) {
    error_ = Error{Code::kInvalidValue,
                   joined({"the change has another ", field.name, " than the record"}),
                   "write it under the key of its own record"};
  }

  RecordUse use_;
  JsonScan record_;
  JsonScan change_;
  bool isEnded_ = false;
  bool agrees_ = true;  // the change with the record's status, as far as it names one
  std::string out_;
  std::optional<Error> error_;
};

}  // namespace

Result<std::string> mergeRecord(RecordUse use, std::string_view record, std::string_view change) {
  if (use.isWhole) {
    if (Result<void> ok = checkRecord(use.kind, change, Code::kInvalidValue); !ok) {
      return std::unexpected(std::move(ok.error()));
    }
  } else if (!JsonObject::parse(change)) {
    if (change.size() > kMaxJsonBytes) {
      return fail(
          Code::kTooLarge,
          joined({"the change has ", change.size(), " bytes; the limit is ", kMaxJsonBytes}),
          "change the record in several steps");
    }
    return fail(Code::kInvalidArgument, "the change is no JSON object of at most 256 levels",
                "pass an object with the fields to change");
  }
  if (Result<void> ok = checkRecord(use.kind, record, Code::kCorrupt); !ok) {
    if (use.isWhole && ok.error().code == Code::kCorrupt) return std::string(change);
    return std::unexpected(std::move(ok.error()));
  }
  Result<std::string> merged = RecordMerger(use, record, change).merge();
  if (!merged) return merged;
  if (Result<void> ok = checkMergedRecord(use.kind, *merged); !ok) {
    return std::unexpected(std::move(ok.error()));
  }
  return merged;
}

}  // namespace kvista
