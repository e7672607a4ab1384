// The memory store: records in linear memory, found by hash and listed in order. It answers at once
// and asks its host for nothing.
//
// `maxBytes` bounds the bytes of keys, values and their overhead. A write that would pass it fails
// with OUT_OF_MEMORY and changes nothing; with `evictLru` it drops the records that were used least
// recently instead. Every operation removes a few expired records. A get takes constant time
// on average, a new or removed key O(log n), a prefix listing O(log n + hits).
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "wasm/contract/decide.h"
#include "wasm/store/store.h"

namespace kvista {

class MemoryStore final : public Store {
 public:
  MemoryStore(std::size_t maxBytes, bool evictLru) : maxBytes_(maxBytes), evictLru_(evictLru) {}

  [[nodiscard]] std::uint32_t capabilities() const override { return capability::kAll; }
  [[nodiscard]] bool answersAtOnce() const override { return true; }
  [[nodiscard]] Result<Answer> answer(const Request& request, Budget& budget) override;

  [[nodiscard]] std::size_t usedBytes() const { return usedBytes_; }
  [[nodiscard]] std::size_t recordCount() const { return ordered_.size(); }

 private:
  struct Record {
    std::string key;
    std::string value;
    std::optional<std::int64_t> expiresAt;
    std::size_t hash = 0;
    Record* next = nullptr;   // in the same bucket
    Record* older = nullptr;  // in the order of use, only with evictLru
    Record* newer = nullptr;
  };

  // Returns the record of that key, or null. It may have expired.
  [[nodiscard]] Record* lookUp(std::string_view fullKey) const;
  // Returns the record if it has not expired, otherwise null. It counts as used. `record` may be
  // null.
  [[nodiscard]] Record* live(Record* record, double nowMs);
  // Writes a value. `record` is what `lookUp` returned for the key.
  [[nodiscard]] Result<void> write(Record* record, std::string_view fullKey, std::string_view value,
                                   std::optional<std::int64_t> expiresAt);
  [[nodiscard]] Record& add(std::string_view fullKey);
  void remove(Record& record);
  void removeExpired(double nowMs);
  void growBuckets();
  [[nodiscard]] Result<Answer> change(const Request& request);
  [[nodiscard]] Result<Answer> listKeys(const Request& request, Budget& budget);
  [[nodiscard]] Result<Answer> answerMany(const Request& request, Budget& budget);
  [[nodiscard]] Answer diagnose() const;
  [[nodiscard]] bool makeRoom(std::size_t bytes, const Record* keep);
  void touch(Record& record);
  void unlink(Record& record);
  [[nodiscard]] static std::size_t chargeOf(std::size_t keyBytes, std::size_t valueBytes);

  std::size_t maxBytes_;
  bool evictLru_;
  std::size_t usedBytes_ = 0;
  std::map<std::string_view, std::unique_ptr<Record>> ordered_;
  // The same records by hash, in lists. Their number is a power of two, at least the records'.
  std::vector<Record*> buckets_;
  std::set<std::pair<std::int64_t, Record*>> byExpiry_;
  Record* oldest_ = nullptr;
  Record* newest_ = nullptr;
};

}  // namespace kvista
