// The keys of one Redis server: a hash table that grows and shrinks, which SCAN walks as Redis
// does, so that a key is given twice when the table shrank meanwhile.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace kvista::test {

struct RedisCell {
  std::string text;
  std::optional<long long> expiresMs{};
  bool isText = true;  // else of another type, of which nothing more is kept
};

class RedisKeyspace {
 public:
  // `seed` is of the server's process: with another one the keys are in another order.
  RedisKeyspace(std::function<double()> nowMs, std::uint64_t seed);

  // Nothing if it is absent or expired.
  [[nodiscard]] const RedisCell* find(const std::string& key);
  void put(const std::string& key, RedisCell cell);
  // Whether it was there.
  bool erase(const std::string& key);
  void clear();
  [[nodiscard]] std::size_t size();
  [[nodiscard]] std::vector<std::string> all();

  // One call of SCAN: the keys of so many buckets; gives the next cursor, 0 at the end.
  [[nodiscard]] std::uint64_t scan(std::uint64_t cursor, std::uint64_t count,
                                   std::vector<std::string>& keys);

  // Each so many-th call of SCAN gives again what the one before it gave, which Redis may; 0: none.
  std::size_t repeatsEvery = 0;
  // Changes of the last so many milliseconds can be undone; 0: none.
  double undoableMs = 0;
  // Undoes what was changed since then (after a crash what was not yet on the disk, or at the
  // replica).
  void undoSince(double whenMs);
  // The same keys in another process.
  void reseed(std::uint64_t seed);

 private:
  struct Entry {
    std::string key;
    RedisCell cell;
  };
  using Bucket = std::vector<Entry>;
  struct Change {
    double atMs;
    std::string key;
    std::optional<RedisCell> before;
  };

  [[nodiscard]] Bucket& bucketOf(const std::string& key);
  [[nodiscard]] bool isExpired(const RedisCell& cell) const;
  void remember(const std::string& key, std::optional<RedisCell> before);
  void resize(std::size_t buckets);
  void fit();

  std::function<double()> nowMs_;
  std::uint64_t seed_;
  std::vector<Bucket> buckets_{4};
  std::size_t count_ = 0;
  std::deque<Change> changes_;
  std::size_t scans_ = 0;
  std::vector<std::string> lastScanned_;
};

}  // namespace kvista::test
