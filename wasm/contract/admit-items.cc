// Batches: the rules for each of their keys.
#include "wasm/contract/admit.h"
#include "wasm/contract/expiry.h"
#include "wasm/contract/key.h"

namespace kvista {

Result<std::vector<AdmittedItem>> admitItems(const Request& request) {
  Result<std::vector<Item>> items = decodeItems(request);
  if (!items) return std::unexpected(std::move(items.error()));
  std::vector<AdmittedItem> admitted;
  admitted.reserve(items->size());
  for (const Item& item : *items) {
    AdmittedItem& one = admitted.emplace_back(AdmittedItem{item, std::nullopt, std::nullopt});
    const std::string_view key = item.fullKey.substr(request.nameSpace.size());
    Result<void> ok = checkKey(request.nameSpace, key, (item.flags & flag::kKeyMalformed) == 0);
    if (ok && request.op == Op::kSetMany) {
      ok = checkValue(item.value, item.flags);
      if (ok) {
        auto expiry = resolveExpiry(item.expiryKind, item.expiryNumber, request.nowMs);
        if (expiry) {
          one.expiresAt = *expiry;
        } else {
          ok = std::unexpected(std::move(expiry.error()));
        }
      }
    }
    if (ok) continue;
    if (request.op == Op::kGetMany) return std::unexpected(std::move(ok.error()));
    one.error = std::move(ok.error());
  }
  return admitted;
}

}  // namespace kvista
