#include "tests/native/fakes/fake-kv.h"

#include <cmath>

namespace kvista::test {
namespace {

constexpr std::size_t kMaxKey = 512;
constexpr std::size_t kMaxValue = 25 * 1024 * 1024;
constexpr std::size_t kMaxMetadata = 1024;
constexpr std::size_t kMaxBulk = 100;
constexpr double kMaxPage = 1000;

std::string refusal(const char* verb, const std::string& what) {
  return std::string("Error: KV ") + verb + " failed: " + what;
}

std::string text(std::size_t number) { return std::to_string(number); }

}  // namespace

FakeKv::Thrown FakeKv::checkKey(const char* verb, const std::string& key) const {
  if (key.empty()) return "TypeError: Key name cannot be empty.";
  if (key == "." || key == "..") return "TypeError: \"" + key + "\" is not allowed as a key name.";
  if (key.size() > kMaxKey) {
    return refusal(verb, "414 UTF-8 encoded length of " + text(key.size()) +
                             " exceeds key length limit of 512.");
  }
  return std::nullopt;
}

FakeKv::Thrown FakeKv::throttle(const char* verb, const std::string& key) {
  if (!throttles) return std::nullopt;
  const auto last = lastWriteMs_.find(key);
  if (last != lastWriteMs_.end() && nowMs_() < last->second + 1000) {
    return refusal(verb, "429 Too Many Requests");
  }
  lastWriteMs_[key] = nowMs_();
  return std::nullopt;
}

std::optional<FakeKv::Found> FakeKv::visible(const std::string& key) const {
  const auto found = cells_.find(key);
  if (found == cells_.end()) return std::nullopt;
  for (auto cell = found->second.rbegin(); cell != found->second.rend(); ++cell) {
    if (cell->sinceMs > nowMs_() - staleMs) continue;
    if (cell->expiresMs != 0 && nowMs_() >= cell->expiresMs) return std::nullopt;
    return cell->content;
  }
  return std::nullopt;
}

void FakeKv::change(const std::string& key, Cell cell) {
  cell.sinceMs = nowMs_();
  std::vector<Cell>& history = cells_[key];
  if (staleMs == 0) history.clear();
  history.push_back(std::move(cell));
  ++writes_;
}

FakeKv::Thrown FakeKv::get(const std::string& key, std::optional<Found>& found) {
  if (Thrown thrown = checkKey("GET", key)) return thrown;
  found = visible(key);
  return std::nullopt;
}

FakeKv::Thrown FakeKv::getMany(const std::vector<std::string>& keys,
                               std::vector<std::optional<Found>>& found) {
  if (keys.size() > kMaxBulk) {
    return refusal("GET_BULK", "400 You can request a maximum of 100 keys");
  }
  if (keys.empty()) return refusal("GET_BULK", "400 You must request a minimum of 1 key");
  std::size_t bytes = 0;
  for (const std::string& key : keys) {
    if (Thrown thrown = checkKey("GET_BULK", key)) return thrown;
    found.push_back(visible(key));
    if (found.back()) bytes += found.back()->value.size();
  }
  if (bytes > kMaxValue) {
    return refusal("GET_BULK", "413 Total size of request exceeds the limit of 25MB");
  }
  return std::nullopt;
}

FakeKv::Thrown FakeKv::put(const std::string& key, const std::string& value,
                           std::optional<double> ttlSeconds, const std::string& metadata) {
  if (Thrown thrown = checkKey("PUT", key)) return thrown;
  if (ttlSeconds && !(*ttlSeconds >= 60)) {
    return refusal("PUT", "400 Invalid expiration_ttl of " +
                              std::to_string(static_cast<long long>(*ttlSeconds)) +
                              ". Expiration TTL must be at least 60.");
  }
  if (value.size() > kMaxValue) {
    return refusal("PUT",
                   "413 Value length of " + text(value.size()) + " exceeds limit of 26214400.");
  }
  if (metadata.size() > kMaxMetadata) {
    return refusal("PUT",
                   "413 Metadata length of " + text(metadata.size()) + " exceeds limit of 1024.");
  }
  if (Thrown thrown = throttle("PUT", key)) return thrown;
  Cell cell{.content = Found{value, metadata}};
  if (ttlSeconds) cell.expiresMs = nowMs_() + std::floor(*ttlSeconds) * 1000;
  change(key, std::move(cell));
  return std::nullopt;
}

FakeKv::Thrown FakeKv::remove(const std::string& key) {
  if (Thrown thrown = checkKey("DELETE", key)) return thrown;
  if (Thrown thrown = throttle("DELETE", key)) return thrown;
  change(key, Cell{});
  return std::nullopt;
}

FakeKv::Thrown FakeKv::list(const std::string& prefix, std::optional<double> limit,
                            const std::string& cursor, Page& page) {
  const double most = limit && *limit > 0 ? *limit : kMaxPage;
  if (most > kMaxPage) {
    return refusal("GET", "400 Invalid key_count_limit of " +
                              std::to_string(static_cast<long long>(most)) +
                              ". Please specify an integer less than 1000.");
  }
  double walked = 0;
  auto at = cursor.empty() ? cells_.lower_bound(prefix) : cells_.upper_bound(cursor);
  for (; at != cells_.end() && at->first.starts_with(prefix); ++at) {
    const std::optional<Found> found = visible(at->first);
    if (!found && !walksTombstones) continue;
    if (walked++ == most) {
      page.complete = false;
      return std::nullopt;
    }
    if (found) page.keys.push_back({at->first, found->metadata});
    page.cursor = at->first;
  }
  page.cursor.clear();
  return std::nullopt;
}

std::size_t FakeKv::size() const {
  std::size_t count = 0;
  for (const auto& [key, history] : cells_) count += visible(key) ? 1 : 0;
  return count;
}

}  // namespace kvista::test
