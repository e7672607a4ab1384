#include "tests/native/fakes/redis-keyspace.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <utility>

namespace kvista::test {
namespace {

constexpr std::size_t kFewestBuckets = 4;

std::uint64_t reversed(std::uint64_t bits) {
  std::uint64_t out = 0;
  for (int i = 0; i < 64; ++i) out |= (bits >> i & 1) << (63 - i);
  return out;
}

std::uint64_t hashOf(const std::string& key, std::uint64_t seed) {
  std::uint64_t hash = 0xCBF2'9CE4'8422'2325 ^ seed;
  for (const char c : key) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100'0000'01B3;
  return hash ^ hash >> 32;
}

}  // namespace

RedisKeyspace::RedisKeyspace(std::function<double()> nowMs, std::uint64_t seed)
    : nowMs_(std::move(nowMs)), seed_(seed) {}

RedisKeyspace::Bucket& RedisKeyspace::bucketOf(const std::string& key) {
  return buckets_[hashOf(key, seed_) & (buckets_.size() - 1)];
}

// A key lives through the millisecond of its expiry: `keyIsExpired` in Redis's db.c.
bool RedisKeyspace::isExpired(const RedisCell& cell) const {
  return cell.expiresMs && std::floor(nowMs_()) > static_cast<double>(*cell.expiresMs);
}

void RedisKeyspace::remember(const std::string& key, std::optional<RedisCell> before) {
  if (undoableMs == 0) return;
  while (!changes_.empty() && changes_.front().atMs < nowMs_() - undoableMs) changes_.pop_front();
  changes_.push_back({nowMs_(), key, std::move(before)});
}

const RedisCell* RedisKeyspace::find(const std::string& key) {
  Bucket& bucket = bucketOf(key);
  const auto found = std::ranges::find(bucket, key, &Entry::key);
  if (found == bucket.end()) return nullptr;
  if (isExpired(found->cell)) {
    erase(key);
    return nullptr;
  }
  return &found->cell;
}

void RedisKeyspace::put(const std::string& key, RedisCell cell) {
  Bucket& bucket = bucketOf(key);
  const auto found = std::ranges::find(bucket, key, &Entry::key);
  if (found != bucket.end()) {
    remember(key, std::move(found->cell));
    found->cell = std::move(cell);
    return;
  }
  remember(key, std::nullopt);
  bucket.push_back({key, std::move(cell)});
  ++count_;
  fit();
}

bool RedisKeyspace::erase(const std::string& key) {
  Bucket& bucket = bucketOf(key);
  const auto found = std::ranges::find(bucket, key, &Entry::key);
  if (found == bucket.end()) return false;
  const bool wasThere = !isExpired(found->cell);
  remember(key, std::move(found->cell));
  bucket.erase(found);
  --count_;
  fit();
  return wasThere;
}

void RedisKeyspace::clear() {
  for (const std::string& key : all()) erase(key);
}

std::vector<std::string> RedisKeyspace::all() {
  std::vector<std::string> keys;
  for (const Bucket& bucket : buckets_) {
    for (const Entry& one : bucket) {
      if (!isExpired(one.cell)) keys.push_back(one.key);
    }
  }
  return keys;
}

std::size_t RedisKeyspace::size() { return all().size(); }

// The cursor counts with its bits reversed: https://github.com/redis/redis/blob/7.0/src/dict.c
std::uint64_t RedisKeyspace::scan(std::uint64_t cursor, std::uint64_t count,
                                  std::vector<std::string>& keys) {
  keys.clear();
  std::uint64_t steps = 10 * count;
  do {
    const std::uint64_t mask = buckets_.size() - 1;
    for (const Entry& one : buckets_[cursor & mask]) {
      if (!isExpired(one.cell)) keys.push_back(one.key);
    }
    cursor = reversed(reversed(cursor | ~mask) + 1);
  } while (cursor != 0 && --steps > 0 && keys.size() < count);
  if (repeatsEvery == 0) return cursor;
  std::vector<std::string> scanned = keys;
  if (++scans_ % repeatsEvery == 0) {
    // Of those that are still there: what is gone it gives no more.
    std::ranges::copy_if(lastScanned_, std::back_inserter(keys),
                         [&](const std::string& key) { return find(key) != nullptr; });
  }
  lastScanned_ = std::move(scanned);
  return cursor;
}

// As Redis does: more buckets when there is more than a key for each, fewer when a tenth is filled.
void RedisKeyspace::fit() {
  if (count_ > buckets_.size()) return resize(2 * buckets_.size());
  const bool isSparse = 10 * count_ < buckets_.size() && buckets_.size() > kFewestBuckets;
  if (isSparse) resize(std::max(kFewestBuckets, std::bit_ceil(count_)));
}

void RedisKeyspace::resize(std::size_t buckets) {
  std::vector<Bucket> old(buckets);
  old.swap(buckets_);
  for (Bucket& bucket : old) {
    for (Entry& one : bucket) bucketOf(one.key).push_back(std::move(one));
  }
}

void RedisKeyspace::undoSince(double whenMs) {
  std::deque<Change> changes;
  changes.swap(changes_);
  const double undoable = std::exchange(undoableMs, 0);
  for (auto change = changes.rbegin(); change != changes.rend(); ++change) {
    if (change->atMs < whenMs) break;
    if (change->before) {
      put(change->key, std::move(*change->before));
    } else {
      erase(change->key);
    }
  }
  undoableMs = undoable;
}

void RedisKeyspace::reseed(std::uint64_t seed) {
  seed_ = seed;
  resize(buckets_.size());
}

}  // namespace kvista::test
