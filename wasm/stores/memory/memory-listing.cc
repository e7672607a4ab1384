// What the memory store answers about many keys at once, and about itself.
#include "wasm/contract/admit.h"
#include "wasm/contract/expiry.h"
#include "wasm/contract/listing.h"
#include "wasm/store/findings.h"
#include "wasm/stores/memory/memory-store.h"

namespace kvista {

Result<Answer> MemoryStore::listKeys(const Request& request, Budget& budget) {
  const bool paged = request.op == Op::kPage;
  const std::string prefix(request.fullKey);
  auto at = ordered_.lower_bound(prefix);
  if (paged && request.has(flag::kHasExtra)) {
    Result<std::string> last = decodeCursor(listingOf(StoreKind::kMemory, request), request.extra);
    if (!last) return std::unexpected(std::move(last.error()));
    const std::string lastKey = std::string(request.nameSpace) + *last;
    if (lastKey >= prefix) at = ordered_.upper_bound(lastKey);
  }
  const auto limit = paged ? static_cast<std::uint32_t>(request.number) : kMaxListedKeys;
  Answer answer;
  std::string_view last;
  for (; at != ordered_.end() && at->first.starts_with(prefix); ++at) {
    if (isExpired(at->second->expiresAt, request.nowMs)) continue;
    if (answer.keyCount == limit) {
      if (!paged) return tooManyKeys();
      answer.cursor = encodeCursor(listingOf(StoreKind::kMemory, request), last);
      break;
    }
    last = at->first.substr(request.nameSpace.size());
    if (answer.keys.capacity() < answer.keys.size() + last.size() + 1) {
      const std::size_t more = answer.keys.size() + 4096;
      if (!answer.reservation.grow(budget, more))
        return tooMuchAtOnce(answer.keys.size() + more, budget);
      answer.keys.reserve(answer.keys.size() + more);
    }
    addKey(answer, last);
  }
  return answer;
}

Result<Answer> MemoryStore::answerMany(const Request& request, Budget& budget) {
  Result<std::vector<AdmittedItem>> items = admitItems(request);
  if (!items) return std::unexpected(std::move(items.error()));
  Answer answer;
  answer.items.reserve(items->size());
  for (AdmittedItem& one : *items) {
    ItemOutcome& outcome = answer.items.emplace_back();
    if (one.error) {
      outcome.error = std::move(one.error);
      continue;
    }
    Record* const found = lookUp(one.item.fullKey);
    Record* const record = live(found, request.nowMs);
    if (request.op == Op::kGetMany) {
      if (record == nullptr) continue;
      if (Result<void> ok = countValue(answer, record->value.size(), budget); !ok) {
        return std::unexpected(std::move(ok.error()));
      }
      outcome.present = true;
      outcome.value = record->value;
    } else if (request.op == Op::kDeleteMany || isExpired(one.expiresAt, request.nowMs)) {
      if (record != nullptr) remove(*record);
      outcome.expiresAt = one.expiresAt;
    } else {
      Result<void> ok = write(found, one.item.fullKey, one.item.value, one.expiresAt);
      outcome.expiresAt = one.expiresAt;
      if (!ok) outcome.error = std::move(ok.error());
    }
  }
  return answer;
}

Answer MemoryStore::diagnose() const {
  Findings findings;
  findings.warn("volatile", "the records live in the memory of one process and end with it",
                "use it for tests and caches; for live uploads use a store that lasts");
  if (evictLru_) {
    findings.warn("evicting", "the store drops the records used least recently when it is full",
                  "open it without eviction, so that a write fails instead of losing another");
  }
  return std::move(findings).answer();
}

}  // namespace kvista
