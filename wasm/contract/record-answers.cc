#include "wasm/contract/record-answers.h"

#include "wasm/core/joined.h"
#include "wasm/records/record.h"

namespace kvista {

Result<void> checkRecordsIn(const Answer& answer, const Request& request) {
  const RecordKind kind = RecordUse::of(request.recordUse).kind;
  if (request.op != Op::kGetMany) {
    const bool reads = request.op == Op::kGet || request.op == Op::kEntry;
    if (!reads || !answer.present) return {};
    return checkRecord(kind, answer.value(), Code::kCorrupt);
  }
  Result<std::vector<Item>> items = decodeItems(request);
  for (std::size_t i = 0; i < answer.items.size(); ++i) {
    if (!answer.items[i].present) continue;
    Result<void> ok = checkRecord(kind, answer.items[i].value, Code::kCorrupt);
    if (ok) continue;
    const std::string_view key = (*items)[i].fullKey.substr(request.nameSpace.size());
    ok.error().message = joined({key, ": ", ok.error().message});
    return ok;
  }
  return {};
}

}  // namespace kvista
