#include "wasm/stores/memory/memory-store.h"

#include <algorithm>
#include <functional>

#include "wasm/contract/expiry.h"
#include "wasm/contract/version.h"
#include "wasm/core/joined.h"

namespace kvista {
namespace {

// A record's nodes in the three indexes and in the heap, in WebAssembly: Record 56, map node 28,
// set node 32, buckets at most 12 while they grow, and 8 of heap header for each of five blocks.
// Measured over 1,000,000 records the heap grows by less than is counted.
constexpr std::size_t kRecordOverheadBytes = 192;
constexpr std::size_t kMinBuckets = 16;
constexpr std::size_t kSweepPerOperation = 16;

std::size_t hashOf(std::string_view key) { return std::hash<std::string_view>()(key); }

}  // namespace

std::size_t MemoryStore::chargeOf(std::size_t keyBytes, std::size_t valueBytes) {
  return keyBytes + valueBytes + kRecordOverheadBytes;
}

Result<Answer> MemoryStore::answer(const Request& request, Budget& budget) {
  removeExpired(request.nowMs);
  switch (request.op) {
    case Op::kGet:
    case Op::kEntry: {
      Result<Answer> answer;
      const Record* record = live(lookUp(request.fullKey), request.nowMs);
      if (record == nullptr) return answer;
      answer->present = true;
      answer->view = record->value;
      answer->expiresAt = record->expiresAt;
      if (request.op == Op::kEntry) answer->version = versionOf(record->value);
      return answer;
    }
    case Op::kSet:
    case Op::kDelete:
    case Op::kCompareAndSet:
    case Op::kCompareAndDelete:
    case Op::kPatch:
      return change(request);
    case Op::kList:
    case Op::kPage:
      return listKeys(request, budget);
    case Op::kGetMany:
    case Op::kSetMany:
    case Op::kDeleteMany:
      return answerMany(request, budget);
    case Op::kDiagnose:
      return diagnose();
    default:
      return fail(Code::kUnsupported, "the memory store does not know the operation",
                  "use the operations of KvStore");
  }
}

MemoryStore::Record* MemoryStore::lookUp(std::string_view fullKey) const {
  if (buckets_.empty()) return nullptr;
  const std::size_t hash = hashOf(fullKey);
  Record* record = buckets_[hash & (buckets_.size() - 1)];
  while (record != nullptr && (record->hash != hash || record->key != fullKey)) {
    record = record->next;
  }
  return record;
}

MemoryStore::Record* MemoryStore::live(Record* record, double nowMs) {
  if (record == nullptr || isExpired(record->expiresAt, nowMs)) return nullptr;
  if (evictLru_) touch(*record);
  return record;
}

Result<Answer> MemoryStore::change(const Request& request) {
  Record* const found = lookUp(request.fullKey);
  Record* const record = live(found, request.nowMs);
  Current current;
  std::string version;
  if (record != nullptr) {
    if (needsVersion(request)) version = versionOf(record->value);
    current = Current{true, record->value, version, record->expiresAt};
  }
  Result<Decision> decision = decide(request, current);
  if (!decision) return std::unexpected(std::move(decision.error()));
  switch (decision->action) {
    case Decision::Action::kNothing:
      break;
    case Decision::Action::kRemove:
      remove(*record);
      break;
    case Decision::Action::kWrite:
      if (Result<void> ok =
              write(found, request.fullKey, decision->value(request), decision->expiresAt);
          !ok) {
        return std::unexpected(std::move(ok.error()));
      }
      break;
  }
  return answerWritten(request, std::move(*decision));
}

Result<void> MemoryStore::write(Record* record, std::string_view fullKey, std::string_view value,
                                std::optional<std::int64_t> expiresAt) {
  const std::size_t charge = chargeOf(fullKey.size(), value.size());
  const std::size_t before =
      record == nullptr ? 0 : chargeOf(record->key.size(), record->value.capacity());
  if (charge > before && !makeRoom(charge - before, record)) {
    return fail(Code::kOutOfMemory,
                joined({"the store holds ", usedBytes_, " bytes and the record has ", charge,
                        "; the limit is ", maxBytes_}),
                "delete records, let them expire, raise maxBytes, or open the store with "
                "eviction: \"lru\"");
  }
  if (record == nullptr) {
    record = &add(fullKey);
  } else {
    usedBytes_ -= before;
    if (record->expiresAt) byExpiry_.erase({*record->expiresAt, record});
  }
  // A string that grows by assignment doubles; one that is made anew has the size it needs.
  if (value.size() > record->value.capacity() || value.size() + 64 < record->value.capacity() / 2) {
    record->value = std::string(value);
  } else {
    record->value.assign(value);
  }
  usedBytes_ += chargeOf(record->key.size(), record->value.capacity());
  record->expiresAt = expiresAt;
  if (expiresAt) byExpiry_.emplace(*expiresAt, record);
  if (evictLru_) touch(*record);
  return {};
}

MemoryStore::Record& MemoryStore::add(std::string_view fullKey) {
  if (ordered_.size() >= buckets_.size()) growBuckets();
  auto fresh = std::make_unique<Record>();
  fresh->key = fullKey;
  fresh->hash = hashOf(fullKey);
  Record& record = *fresh;
  ordered_.emplace(record.key, std::move(fresh));
  Record*& bucket = buckets_[record.hash & (buckets_.size() - 1)];
  record.next = std::exchange(bucket, &record);
  return record;
}

void MemoryStore::growBuckets() {
  std::vector<Record*> grown(std::max(kMinBuckets, 2 * buckets_.size()));
  for (const auto& [key, record] : ordered_) {
    Record*& bucket = grown[record->hash & (grown.size() - 1)];
    record->next = std::exchange(bucket, record.get());
  }
  buckets_ = std::move(grown);
}

void MemoryStore::remove(Record& record) {
  usedBytes_ -= chargeOf(record.key.size(), record.value.capacity());
  if (record.expiresAt) byExpiry_.erase({*record.expiresAt, &record});
  if (evictLru_) unlink(record);
  Record** link = &buckets_[record.hash & (buckets_.size() - 1)];
  while (*link != &record) link = &(*link)->next;
  *link = record.next;
  ordered_.erase(ordered_.find(record.key));
}

void MemoryStore::removeExpired(double nowMs) {
  for (std::size_t i = 0; i < kSweepPerOperation && !byExpiry_.empty(); ++i) {
    const auto [expiresAt, record] = *byExpiry_.begin();
    if (!isExpired(expiresAt, nowMs)) return;
    remove(*record);
  }
}

bool MemoryStore::makeRoom(std::size_t bytes, const Record* keep) {
  if (bytes > maxBytes_) return false;
  while (usedBytes_ > maxBytes_ - bytes) {
    if (!evictLru_) return false;
    Record* victim = oldest_;
    if (victim == keep && victim != nullptr) victim = victim->newer;
    if (victim == nullptr) return false;
    remove(*victim);
  }
  return true;
}

void MemoryStore::touch(Record& record) {
  if (newest_ == &record) return;
  unlink(record);
  record.older = newest_;
  if (newest_ != nullptr) newest_->newer = &record;
  newest_ = &record;
  if (oldest_ == nullptr) oldest_ = &record;
}

void MemoryStore::unlink(Record& record) {
  if (record.older != nullptr) record.older->newer = record.newer;
  if (record.newer != nullptr) record.newer->older = record.older;
  if (oldest_ == &record) oldest_ = record.newer;
  if (newest_ == &record) newest_ = record.older;
  record.older = record.newer = nullptr;
}

}  // namespace kvista
