// Reads of a batch: in bulk where a bulk read gives the very bytes, else one by one.
#include <limits>
#include <map>

#include "wasm/contract/admit.h"
#include "wasm/contract/expiry.h"
#include "wasm/contract/listing.h"
#include "wasm/core/bytes.h"
#include "wasm/stores/cloudflare-kv/cloudflare-kv-failures.h"
#include "wasm/stores/cloudflare-kv/cloudflare-kv-metadata.h"
#include "wasm/stores/cloudflare-kv/cloudflare-kv-store.h"
#include "wasm/text/utf8.h"

namespace kvista {
namespace {

// Keys in one bulk read (workerd: MAX_BULK_GET_KEYS).
constexpr std::size_t kMaxBulkKeys = 100;
constexpr std::uint32_t kAbsent = std::numeric_limits<std::uint32_t>::max();

// What is found of each key. A key is read once, whatever its place or its duplicates in the batch.
using FoundKeys = std::map<std::string_view, ItemOutcome>;

// The keys of one bulk read, each followed by NUL; moves `at` behind them.
std::string nextBulk(const FoundKeys& found, FoundKeys::iterator& at) {
  std::string keys;
  for (std::size_t i = 0; i < kMaxBulkKeys && at != found.end(); ++i, ++at) {
    keys.append(at->first).push_back('\0');
  }
  return keys;
}

// Takes the values of a bulk read for the keys from `begin` to `end`. Those that it does not give
// as they are go to `alone`.
Result<void> takeBulk(std::string_view packed, FoundKeys::iterator begin, FoundKeys::iterator end,
                      Operation& operation, Answer& answer, std::vector<std::string_view>& alone) {
  ByteReader in(packed);
  for (auto each = begin; each != end; ++each) {
    const std::uint32_t length = in.u32();
    const std::uint32_t metadataLength = in.u32();
    const std::string_view value = in.raw(length == kAbsent ? 0 : length);
    const std::string_view metadata = in.raw(metadataLength);
    if (length == kAbsent || isExpired(expiryIn(metadata), operation.nowMs())) continue;
    // A bulk read gives text only: bytes that are no UTF-8 come as U+FFFD. Look at the bytes.
    if (value.find("\xEF\xBF\xBD") != std::string_view::npos || isReadAlone(metadata)) {
      alone.push_back(each->first);
      continue;
    }
    if (Result<void> ok = countValue(answer, value.size(), operation.budget()); !ok) return ok;
    each->second.present = true;
    each->second.value = value;
  }
  return {};
}

// Puts what was found in the order of the batch. Each value moves to the last place that asks for
// it, and is copied to the others.
Result<void> place(const std::vector<AdmittedItem>& items, FoundKeys& found, Answer& answer,
                   Budget& budget) {
  answer.items.reserve(items.size());
  std::map<std::string_view, std::size_t> left;
  for (const AdmittedItem& one : items) ++left[one.item.fullKey];
  for (const AdmittedItem& one : items) {
    ItemOutcome& outcome = found[one.item.fullKey];
    if (--left[one.item.fullKey] == 0) {
      answer.items.push_back(std::move(outcome));
      continue;
    }
    if (Result<void> ok = countValue(answer, outcome.value.size(), budget); !ok) return ok;
    answer.items.push_back(outcome);
  }
  return {};
}

}  // namespace

Task<Answer> CloudflareKvStore::readMany(Operation& operation) {
  Result<std::vector<AdmittedItem>> items = admitItems(operation.request());
  if (!items) co_return std::unexpected(std::move(items.error()));
  FoundKeys found;
  for (const AdmittedItem& one : *items) found.emplace(one.item.fullKey, ItemOutcome());
  std::vector<std::string_view> alone;
  Answer answer;
  Result<void> ok;
  for (auto at = found.begin(); at != found.end();) {
    const auto first = at;
    const std::string keys = nextBulk(found, at);
    const HostRequest ask{.verb = Verb::kReadMany, .value = keys};
    Result<HostReply> bulk = co_await performRead(operation, ask, &kCloudflareKvRetryPolicy);
    if (bulk) {
      ok = takeBulk(bulk->value, first, at, operation, answer, alone);
      if (!ok) co_return std::unexpected(std::move(ok.error()));
    } else if (bulk.error().code == Code::kInvalidArgument) {
      // Too much for one bulk read, which may give 25 MiB in all: each value is read by itself.
      for (auto each = first; each != at; ++each) alone.push_back(each->first);
    } else {
      co_return std::unexpected(std::move(bulk.error()));
    }
  }
  for (const std::string_view key : alone) {
    const HostRequest ask{.verb = Verb::kRead, .key = key};
    Result<HostReply> reply = co_await performRead(operation, ask, &kCloudflareKvRetryPolicy);
    if (!reply) co_return std::unexpected(std::move(reply.error()));
    if (!reply->present || isExpired(expiryIn(reply->meta), operation.nowMs())) continue;
    if (!isUtf8(reply->value)) co_return notText();
    ok = countValue(answer, reply->value.size(), operation.budget());
    if (!ok) co_return std::unexpected(std::move(ok.error()));
    ItemOutcome& outcome = found[key];
    outcome.present = true;
    outcome.value = reply->value;
  }
  ok = place(*items, found, answer, operation.budget());
  if (!ok) co_return std::unexpected(std::move(ok.error()));
  co_return answer;
}

}  // namespace kvista
