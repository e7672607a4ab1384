#include "wasm/stores/cloudflare-kv/cloudflare-kv-store.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "wasm/contract/admit.h"
#include "wasm/contract/expiry.h"
#include "wasm/contract/listing.h"
#include "wasm/contract/version.h"
#include "wasm/core/bytes.h"
#include "wasm/core/joined.h"
#include "wasm/store/findings.h"
#include "wasm/stores/cloudflare-kv/cloudflare-kv-failures.h"
#include "wasm/text/json-object.h"
#include "wasm/text/utf8.h"

namespace kvista {
namespace {

// Workers KV refuses an expiration less than 60 seconds away; the exact moment is in the metadata.
constexpr double kMinSecondsToLive = 60;
// Its binding takes a time to live as a 32-bit integer. A value that lives longer is not removed by
// itself, only hidden.
constexpr double kMaxSecondsToLive = std::numeric_limits<std::int32_t>::max();
// Keys in one bulk read (workerd: MAX_BULK_GET_KEYS).
constexpr std::size_t kMaxBulkKeys = 100;
constexpr std::uint32_t kAbsent = std::numeric_limits<std::uint32_t>::max();

std::string metadataFor(std::string_view value, std::optional<std::int64_t> expiresAt) {
  const bool readAlone = value.starts_with("\xEF\xBB\xBF");
  if (!expiresAt) return readAlone ? R"({"kvista":{"readAlone":true}})" : "";
  return joined(
      {R"({"kvista":{"expiresAt":)", *expiresAt, readAlone ? R"(,"readAlone":true)" : "", "}}"});
}

// A member of our part of the metadata; nothing if it is not ours.
std::optional<JsonText> memberIn(std::string_view metadata, std::string_view name) {
  if (metadata.empty()) return std::nullopt;
  const std::optional<JsonObject> all = JsonObject::parse(metadata);
  const std::optional<JsonText> kvista = all ? all->find("kvista") : std::nullopt;
  const std::optional<JsonObject> ours = kvista ? JsonObject::parse(kvista->text) : std::nullopt;
  return ours ? ours->find(name) : std::nullopt;
}

std::optional<std::int64_t> expiryIn(std::string_view metadata) {
  const std::optional<JsonText> expiresAt = memberIn(metadata, "expiresAt");
  return expiresAt ? expiresAt->integer() : std::nullopt;
}

bool isReadAlone(std::string_view metadata) {
  const std::optional<JsonText> readAlone = memberIn(metadata, "readAlone");
  return readAlone && readAlone->text == "true";
}

CloudflareKvStore::Write writeOf(std::string_view key, std::string_view value, bool isRemoval,
                                 std::optional<std::int64_t> expiresAt, double nowMs) {
  const bool removes = isRemoval || isExpired(expiresAt, nowMs);
  return {key, value, removes, expiresAt, removes ? std::string() : metadataFor(value, expiresAt)};
}

HostRequest requestFor(const CloudflareKvStore::Write& write, double nowMs) {
  if (write.isRemoval) return {.verb = Verb::kRemove, .key = write.key};
  double secondsToLive = 0;
  if (write.expiresAt) {
    secondsToLive = std::max(kMinSecondsToLive,
                             std::ceil(static_cast<double>(*write.expiresAt) - nowMs / 1000));
    if (secondsToLive > kMaxSecondsToLive) secondsToLive = 0;
  }
  return {.verb = Verb::kWrite,
          .key = write.key,
          .value = write.value,
          .meta = write.metadata,
          .number = secondsToLive};
}

Answer findings() {
  Findings found;
  found.warn("eventual-consistency",
             "other locations may see an old value, or an old absence, for 60 seconds or more",
             "keep what is read back soon, such as the offset of an upload, in Durable Objects");
  found.warn("one-write-a-second", "each key takes one write a second; writes beyond that wait",
             "keep records that change often in Durable Objects");
  return std::move(found).answer();
}

Error noTurn() {
  return Error{Code::kTimeout, "the deadline passed before the key's next write was due",
               "Workers KV takes one write a second for each key: write it less often, or give the "
               "call a longer deadlineMs"};
}

}  // namespace

Task<Answer> CloudflareKvStore::perform(Operation& operation) {
  switch (operation.request().op) {
    case Op::kGet:
    case Op::kEntry:
      return read(operation);
    case Op::kSet:
    case Op::kDelete:
      return writeOne(operation);
    case Op::kList:
    case Op::kPage:
      return list(operation);
    case Op::kGetMany:
      return readMany(operation);
    case Op::kSetMany:
    case Op::kDeleteMany:
      return writeMany(operation);
    case Op::kDiagnose:
      return ended(findings());
    default:
      return ended(fail(Code::kUnsupported, "Workers KV does not know the operation",
                        "use the operations of KvStore"));
  }
}

Task<Answer> CloudflareKvStore::read(Operation& operation) {
  const Request& request = operation.request();
  const HostRequest ask{.verb = Verb::kRead, .key = request.fullKey};
  Result<HostReply> reply = co_await performRead(operation, ask, &kCloudflareKvRetryPolicy);
  if (!reply) co_return std::unexpected(std::move(reply.error()));
  Answer answer;
  answer.expiresAt = expiryIn(reply->meta);
  if (!reply->present || isExpired(answer.expiresAt, operation.nowMs())) co_return Answer();
  if (!isUtf8(reply->value)) co_return notText();
  answer.present = true;
  answer.view = reply->value;
  if (request.op == Op::kEntry) answer.version = versionOf(reply->value);
  co_return answer;
}

Task<Answer> CloudflareKvStore::readMany(Operation& operation) {
  Result<std::vector<AdmittedItem>> items = admitItems(operation.request());
  if (!items) co_return std::unexpected(std::move(items.error()));
  // Each key is read once, whatever its place or its duplicates in the batch.
  std::map<std::string_view, ItemOutcome> found;
  for (const AdmittedItem& one : *items) found.emplace(one.item.fullKey, ItemOutcome());
  std::vector<std::string_view> alone;
  Answer answer;
  for (auto at = found.begin(); at != found.end();) {
    const auto first = at;
    std::string keys;
    for (std::size_t i = 0; i < kMaxBulkKeys && at != found.end(); ++i, ++at) {
      keys.append(at->first).push_back('\0');
    }
    const HostRequest ask{.verb = Verb::kReadMany, .value = keys};
    Result<HostReply> bulk = co_await performRead(operation, ask, &kCloudflareKvRetryPolicy);
    if (!bulk) {
      if (bulk.error().code != Code::kInvalidArgument) {
        co_return std::unexpected(std::move(bulk.error()));
      }
      // Too much for one bulk read, which may give 25 MiB in all: each value is read by itself.
      for (auto each = first; each != at; ++each) alone.push_back(each->first);
      continue;
    }
    ByteReader in(bulk->value);
    for (auto each = first; each != at; ++each) {
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
      if (Result<void> ok = countValue(answer, value.size(), operation.budget()); !ok) {
        co_return std::unexpected(std::move(ok.error()));
      }
      each->second.present = true;
      each->second.value = value;
    }
  }
  for (const std::string_view key : alone) {
    const HostRequest ask{.verb = Verb::kRead, .key = key};
    Result<HostReply> reply = co_await performRead(operation, ask, &kCloudflareKvRetryPolicy);
    if (!reply) co_return std::unexpected(std::move(reply.error()));
    if (!reply->present || isExpired(expiryIn(reply->meta), operation.nowMs())) continue;
    if (!isUtf8(reply->value)) co_return notText();
    if (Result<void> ok = countValue(answer, reply->value.size(), operation.budget()); !ok) {
      co_return std::unexpected(std::move(ok.error()));
    }
    ItemOutcome& outcome = found[key];
    outcome.present = true;
    outcome.value = reply->value;
  }
  answer.items.reserve(items->size());
  // Each value moves to the last place that asks for it, and is copied to the others.
  std::map<std::string_view, std::size_t> left;
  for (const AdmittedItem& one : *items) ++left[one.item.fullKey];
  for (const AdmittedItem& one : *items) {
    ItemOutcome& outcome = found[one.item.fullKey];
    if (--left[one.item.fullKey] == 0) {
      answer.items.push_back(std::move(outcome));
      continue;
    }
    if (Result<void> ok = countValue(answer, outcome.value.size(), operation.budget()); !ok) {
      co_return std::unexpected(std::move(ok.error()));
    }
    answer.items.push_back(outcome);
  }
  co_return answer;
}

Task<Answer> CloudflareKvStore::writeOne(Operation& operation) {
  const Request& request = operation.request();
  std::vector<Write> writes;
  writes.push_back(writeOf(request.fullKey, request.value, request.op == Op::kDelete,
                           request.expiresAt, operation.nowMs()));
  auto outcomes = co_await carryOut(operation, std::move(writes));
  if (!outcomes) co_return std::unexpected(std::move(outcomes.error()));
  if (std::optional<Error>& error = outcomes->front()) co_return std::unexpected(std::move(*error));
  Answer answer;
  answer.expiresAt = request.expiresAt;
  if (request.has(flag::kWantVersion)) answer.version = versionOf(request.value);
  co_return answer;
}

Task<Answer> CloudflareKvStore::writeMany(Operation& operation) {
  Result<std::vector<AdmittedItem>> items = admitItems(operation.request());
  if (!items) co_return std::unexpected(std::move(items.error()));
  const bool removes = operation.request().op == Op::kDeleteMany;
  std::vector<Write> writes;
  for (AdmittedItem& one : *items) {
    if (one.item.expiryKind != ExpiryKind::kNone && !keepsMetadata_) one.error = noExpiry().error();
    if (one.error) continue;
    writes.push_back(
        writeOf(one.item.fullKey, one.item.value, removes, one.expiresAt, operation.nowMs()));
  }
  auto outcomes = co_await carryOut(operation, std::move(writes));
  if (!outcomes) co_return std::unexpected(std::move(outcomes.error()));
  Answer answer;
  auto next = outcomes->begin();
  for (AdmittedItem& one : *items) {
    ItemOutcome& outcome = answer.items.emplace_back();
    outcome.expiresAt = one.expiresAt;
    outcome.error = one.error ? std::move(one.error) : std::move(*next++);
  }
  co_return answer;
}

Task<std::vector<std::optional<Error>>> CloudflareKvStore::carryOut(Operation& operation,
                                                                    std::vector<Write> writes) {
  std::vector<std::optional<Error>> errors(writes.size());
  std::vector<WriteLanes::Place> places;
  places.reserve(writes.size());
  for (const Write& write : writes) {
    places.emplace_back(lanes_, write.key, operation.nowMs(), operation.deadlineMs());
  }
  std::vector<std::size_t> open(writes.size());
  for (std::size_t i = 0; i < open.size(); ++i) open[i] = i;
  std::vector<int> attempts(writes.size(), 0);
  // Which may have been carried out, whatever a later attempt says.
  std::vector<bool> inDoubt(writes.size(), false);
  bool anyMayBeDone = false;

  while (!open.empty()) {
    std::vector<std::size_t> ready;
    std::vector<HostRequest> requests;
    double lookAgainMs = std::numeric_limits<double>::infinity();
    std::erase_if(open, [&](std::size_t i) {
      if (!places[i].isCarriedOut()) return false;
      places[i].leave();
      errors[i].reset();
      return true;
    });
    for (const std::size_t i : open) {
      if (places[i].mayStart(operation.nowMs())) {
        ready.push_back(i);
        requests.push_back(requestFor(writes[i], operation.nowMs()));
      } else {
        lookAgainMs = std::min(lookAgainMs, places[i].lookAgainMs(operation.nowMs()));
      }
    }
    if (open.empty()) break;
    if (ready.empty()) {
      if (lookAgainMs >= operation.deadlineMs()) {
        for (const std::size_t i : open) {
          if (!errors[i]) errors[i] = noTurn();
        }
        break;
      }
      const double wait = std::max(1.0, lookAgainMs - operation.nowMs());
      if (auto slept = co_await sleepFor(operation, wait); !slept) {
        co_return std::unexpected(std::move(slept.error()));
      }
      continue;
    }
    for (const std::size_t i : ready) places[i].start(operation.nowMs());
    operation.setWriteInDoubt(true);
    const auto replies = co_await operation.perform(requests);
    for (std::size_t n = 0; n < ready.size(); ++n) {
      const std::size_t i = ready[n];
      if (!replies[n].failed) {
        anyMayBeDone = true;
        errors[i].reset();
        places[i].succeed();
        std::erase(open, i);
        continue;
      }
      Failure why = kCloudflareKvRetryPolicy.classify(replies[n]);
      inDoubt[i] = inDoubt[i] || why.mayBeCarriedOut;
      anyMayBeDone = anyMayBeDone || why.mayBeCarriedOut;
      errors[i] = inDoubt[i] ? outcomeUnknown(why.error) : std::move(why.error);
      std::optional<double> delay;
      if (why.mayHelpToRetry)
        delay = retryDelay(operation, kCloudflareKvRetryPolicy, ++attempts[i]);
      if (delay) {
        places[i].failed(operation.nowMs() + *delay);
      } else {
        places[i].leave();
        std::erase(open, i);
      }
    }
    operation.setWriteInDoubt(anyMayBeDone && !open.empty());
  }
  co_return errors;
}

Task<Answer> CloudflareKvStore::list(Operation& operation) {
  const Request& request = operation.request();
  const bool paged = request.op == Op::kPage;
  const Listing listing = listingOf(StoreKind::kCloudflareKv, request);
  std::string cursor;
  if (paged && request.has(flag::kHasExtra)) {
    Result<std::string> decoded = decodeCursor(listing, request.extra);
    if (!decoded) co_return std::unexpected(std::move(decoded.error()));
    cursor = std::move(*decoded);
  }
  Answer answer;
  for (;;) {
    const HostRequest ask{.verb = Verb::kScan,
                          .key = request.fullKey,
                          .meta = cursor,
                          .number = paged ? request.number : kMaxPageKeys};
    Result<HostReply> reply = co_await performRead(operation, ask, &kCloudflareKvRetryPolicy);
    if (!reply) co_return std::unexpected(std::move(reply.error()));
    std::string_view keys = reply->value;
    std::string_view metadata = reply->meta;
    if (!answer.reservation.grow(operation.budget(), keys.size())) {
      co_return tooMuchAtOnce(keys.size(), operation.budget());
    }
    while (!keys.empty()) {
      const std::string_view key = takeName(keys);
      const std::optional<std::int64_t> expiresAt = expiryIn(takeName(metadata));
      if (!key.starts_with(request.fullKey) || isExpired(expiresAt, operation.nowMs())) continue;
      // Another program's key, equal to the namespace itself: here it would have no name.
      if (key.size() == request.nameSpace.size()) continue;
      if (!paged && answer.keyCount == kMaxListedKeys) co_return tooManyKeys();
      addKey(answer, key.substr(request.nameSpace.size()));
    }
    if (!reply->present) co_return answer;
    cursor = std::string(reply->extra);
    // A page may be empty and yet not the last: the platform walks over what was deleted.
    if (paged && answer.keyCount > 0) {
      answer.cursor = encodeCursor(listing, cursor);
      co_return answer;
    }
  }
}

}  // namespace kvista
