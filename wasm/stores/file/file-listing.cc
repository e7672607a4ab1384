// How the store in a directory lists keys.
#include <algorithm>
#include <map>
#include <vector>

#include "wasm/contract/expiry.h"
#include "wasm/contract/key.h"
#include "wasm/contract/listing.h"
#include "wasm/core/bytes.h"
#include "wasm/stores/file/file-failures.h"
#include "wasm/stores/file/file-stat.h"
#include "wasm/stores/file/file-store.h"

namespace kvista {
namespace {

constexpr int kStatsAtOnce = 1000;

}  // namespace

// A directory that was copied without .kvista holds values with an expiry and no sign of them. Once
// there is a sign, or all files have been looked at, listings look no more at those without.
Task<HostReply> FileStore::lookForExpiry(Operation& operation, std::string entries) {
  for (std::string_view left = entries; !left.empty();) {
    std::string paths;
    for (int i = 0; !left.empty() && i < kStatsAtOnce; ++i) {
      paths.append(takeName(left)).push_back('\0');
    }
    const HostRequest look{.verb = Verb::kStatMany, .value = paths};
    const HostReply& looked = (co_await operation.perform(look)).front();
    if (looked.failed) co_return HostReply();
    std::string_view stats = looked.value;
    for (; stats.size() >= sizeof(FileStat); stats.remove_prefix(sizeof(FileStat))) {
      isExpiring_ = isExpiring_ || expiryOf(statIn(stats)).has_value();
    }
    if (isExpiring_) break;
  }
  hasLooked_ = true;
  co_return HostReply();
}

Task<Answer> FileStore::list(Operation& operation) {
  const Request& request = operation.request();
  const bool paged = request.op == Op::kPage;
  const Listing listing = listingOf(StoreKind::kFile, request);
  std::string after(request.nameSpace);
  if (paged && request.has(flag::kHasExtra)) {
    Result<std::string> decoded = decodeCursor(listing, request.extra);
    if (!decoded) co_return std::unexpected(std::move(decoded.error()));
    after += *decoded;
  }
  // The entries, by their keys: in order, and one that has a plain name as well once.
  std::map<std::string, std::string> hits;
  const HostRequest scan{.verb = Verb::kScan};
  Result<HostReply> scanned = co_await performRead(operation, scan, &kFileRetryPolicy);
  if (!scanned) co_return std::unexpected(std::move(scanned.error()));
  isExpiring_ = isExpiring_ || scanned->number != 0;
  const std::string found(scanned->value);
  if (!isExpiring_ && !hasLooked_) (void)co_await lookForExpiry(operation, found);
  for (std::string_view entries = found; !entries.empty();) {
    const std::string_view path = takeName(entries);
    std::optional<std::string> key = keyOf(path, style_);
    if (!key && style_ == NameStyle::kPortable) key = keyOf(path, NameStyle::kPlain);
    if (key && key->starts_with(request.fullKey) && *key > after) {
      hits.emplace(std::move(*key), path);
    }
  }
  // Values that may expire are looked at.
  Answer answer;
  const std::size_t limit = paged ? static_cast<std::size_t>(request.number) : kMaxListedKeys;
  std::string stats;
  std::string_view last;
  for (auto at = hits.begin(); at != hits.end();) {
    auto end = at;
    std::string paths;
    for (int i = 0; end != hits.end() && i < kStatsAtOnce; ++end, ++i) {
      paths.append(end->second).push_back('\0');
    }
    const HostRequest look{.verb = Verb::kStatMany, .value = paths};
    if (isExpiring_) stats = (co_await operation.perform(look)).front().value;
    for (ByteReader in(stats); at != end; ++at) {
      const FileStat stat = statIn(in.raw(sizeof(FileStat)));
      if (isExpiring_ && (!stat.isFile() || isExpired(expiryOf(stat), operation.nowMs()))) {
        continue;
      }
      const std::string_view key = std::string_view(at->first).substr(request.nameSpace.size());
      if (!checkKey(request.nameSpace, key, true)) continue;
      if (answer.keyCount == limit) {
        if (!paged) co_return tooManyKeys();
        answer.cursor = encodeCursor(listing, last);
        co_return answer;
      }
      last = key;
      addKey(answer, key);
    }
  }
  if (!answer.reservation.grow(operation.budget(), answer.keys.size())) {
    co_return tooMuchAtOnce(answer.keys.size(), operation.budget());
  }
  co_return answer;
}

}  // namespace kvista
