// A Workers KV namespace in memory: what the binding does, its limits and its messages among it
// (tests/conformance/host.json, which the real ones pass too). It knows nothing of kvista.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace kvista::test {

class FakeKv {
 public:
  explicit FakeKv(std::function<double()> nowMs) : nowMs_(std::move(nowMs)) {}

  struct Found {
    std::string value;
    std::string metadata;  // JSON text, or empty
  };
  struct Listed {
    std::string name;
    std::string metadata;
  };
  struct Page {
    std::vector<Listed> keys;
    bool complete = true;
    std::string cursor;
  };
  // What the binding would throw, or nothing.
  using Thrown = std::optional<std::string>;

  [[nodiscard]] Thrown get(const std::string& key, std::optional<Found>& found);
  [[nodiscard]] Thrown getMany(const std::vector<std::string>& keys,
                               std::vector<std::optional<Found>>& found);
  [[nodiscard]] Thrown put(const std::string& key, const std::string& value,
                           std::optional<double> ttlSeconds, const std::string& metadata);
  [[nodiscard]] Thrown remove(const std::string& key);
  [[nodiscard]] Thrown list(const std::string& prefix, std::optional<double> limit,
                            const std::string& cursor, Page& page);

  // What the platform does and Miniflare does not, off until set:
  bool throttles = false;        // one write a second for each key
  bool walksTombstones = false;  // removed keys take room on their page: one may be empty
  double staleMs = 0;            // reads of a key see what was there that long ago

  // How many writes and removals were carried out.
  [[nodiscard]] std::size_t writes() const { return writes_; }
  [[nodiscard]] std::size_t size() const;

 private:
  struct Cell {
    std::optional<Found> content;
    double expiresMs = 0;  // 0: never
    double sinceMs = 0;
  };
  [[nodiscard]] Thrown checkKey(const char* verb, const std::string& key) const;
  [[nodiscard]] Thrown throttle(const char* verb, const std::string& key);
  [[nodiscard]] std::optional<Found> visible(const std::string& key) const;
  void change(const std::string& key, Cell cell);

  std::function<double()> nowMs_;
  // Each key's history, the newest last; older cells are kept for stale reads only.
  std::map<std::string, std::vector<Cell>> cells_;
  std::map<std::string, double> lastWriteMs_;
  std::size_t writes_ = 0;
};

}  // namespace kvista::test
