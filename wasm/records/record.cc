// The check of a record. The merge is in record-merge.cc.
#include "wasm/records/record.h"

#include "wasm/core/joined.h"
#include "wasm/records/record-members.h"
#include "wasm/text/json-check.h"

namespace kvista {
namespace {

std::unexpected<Error> wrong(RecordKind kind, Code code, std::string_view flaw) {
  const std::string_view name = kind == RecordKind::kUpload ? "an upload" : "a flow job";
  return fail(code, joined({"the value is no record of ", name, ": ", flaw}),
              code == Code::kCorrupt
                  ? "another program wrote it: read it with get, and mend or delete it"
                  : "give every field of the record its type");
}

std::unexpected<Error> tooLarge(std::size_t bytes) {
  return fail(Code::kTooLarge,
              joined({"the record has ", bytes, " bytes; the limit is ", kMaxJsonBytes}),
              "keep in a record what describes the upload, and other data under other keys");
}

// REQUIRES: `value` is JSON (json-check.h).
Result<void> checkFields(RecordKind kind, std::string_view value, Code code) {
  const JsonScan scan(value);
  if (scan.at(scan.root()) != '{') return wrong(kind, code, "it is no object");
  const std::string flaw = flawOfMembers(scan, scan.root(), shapeOf(kind));
  if (!flaw.empty()) return wrong(kind, code, std::string_view(flaw).substr(1));
  return {};
}

}  // namespace

Result<void> checkRecord(RecordKind kind, std::string_view value, Code code) {
  const auto checked = checkJson(value);
  if (checked) return checkFields(kind, value, code);
  if (checked.error().flaw == JsonFlaw::kTooLarge) return tooLarge(value.size());
  return wrong(kind, code,
               checked.error().flaw == JsonFlaw::kTooDeep
                   ? joined({"it is nested over ", kMaxJsonDepth, " levels deep"})
                   : joined({"it is not JSON (near byte ", checked.error().at, ")"}));
}

Result<void> checkMergedRecord(RecordKind kind, std::string_view value) {
  if (value.size() > kMaxJsonBytes) return tooLarge(value.size());
  return checkFields(kind, value, Code::kInvalidValue);
}

}  // namespace kvista
