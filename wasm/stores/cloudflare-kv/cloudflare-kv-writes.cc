// Writes: each waits in its key's lane (write-lanes.h) for its turn, and is repeated until it is
// carried out, a later one of its key is, or the deadline does not allow it.
#include <algorithm>
#include <cmath>
#include <limits>

#include "wasm/contract/admit.h"
#include "wasm/contract/expiry.h"
#include "wasm/contract/version.h"
#include "wasm/stores/cloudflare-kv/cloudflare-kv-failures.h"
#include "wasm/stores/cloudflare-kv/cloudflare-kv-metadata.h"
#include "wasm/stores/cloudflare-kv/cloudflare-kv-store.h"

namespace kvista {
namespace {

// Workers KV refuses an expiration less than 60 seconds away; the exact moment is in the metadata.
constexpr double kMinSecondsToLive = 60;
// Its binding takes a time to live as a 32-bit integer. A value that lives longer is not removed by
// itself, only hidden.
constexpr double kMaxSecondsToLive = std::numeric_limits<std::int32_t>::max();
using Write = CloudflareKvStore::Write;

Write writeOf(std::string_view key, std::string_view value, bool isRemoval,
              std::optional<std::int64_t> expiresAt, double nowMs) {
  const bool removes = isRemoval || isExpired(expiresAt, nowMs);
  return {key, value, removes, expiresAt, removes ? std::string() : metadataFor(value, expiresAt)};
}

HostRequest requestFor(const Write& write, double nowMs) {
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

Error noTurn() {
  return Error{Code::kTimeout, "the deadline passed before the key's next write was due",
               "Workers KV takes one write a second for each key: write it less often, or give the "
               "call a longer deadlineMs"};
}

// The writes of one operation and what became of each. A write is named by its place in the batch.
struct WritesUnderWay {
  WritesUnderWay(std::vector<Write> given, WriteLanes& lanes, const Operation& operation)
      : writes(std::move(given)),
        errors(writes.size()),
        open(writes.size()),
        attempts(writes.size(), 0),
        inDoubt(writes.size(), false) {
    places.reserve(writes.size());
    for (const Write& write : writes) {
      places.emplace_back(lanes, write.key, operation.nowMs(), operation.deadlineMs());
    }
    for (std::size_t i = 0; i < open.size(); ++i) open[i] = i;
  }

  // Ends the writes that a later one of their key has carried with it.
  void endCarried() {
    std::erase_if(open, [&](std::size_t i) {
      if (!places[i].isCarriedOut()) return false;
      places[i].leave();
      errors[i].reset();
      return true;
    });
  }

  // Returns the writes whose turn it is; `lookAgainMs` becomes the time to look at the others.
  [[nodiscard]] std::vector<std::size_t> ready(double nowMs, double& lookAgainMs) {
    std::vector<std::size_t> due;
    lookAgainMs = std::numeric_limits<double>::infinity();
    for (const std::size_t i : open) {
      if (places[i].mayStart(nowMs)) {
        due.push_back(i);
      } else {
        lookAgainMs = std::min(lookAgainMs, places[i].lookAgainMs(nowMs));
      }
    }
    return due;
  }

  // Takes the reply to a write. One that failed and may be repeated stays open.
  void take(Operation& operation, std::size_t i, const HostReply& reply) {
    if (!reply.failed) {
      anyMayBeDone = true;
      errors[i].reset();
      places[i].succeed();
      std::erase(open, i);
      return;
    }
    Failure why = kCloudflareKvRetryPolicy.classify(reply);
    inDoubt[i] = inDoubt[i] || why.mayBeCarriedOut;
    anyMayBeDone = anyMayBeDone || why.mayBeCarriedOut;
    errors[i] = inDoubt[i] ? outcomeUnknown(why.error) : std::move(why.error);
    std::optional<double> delay;
    if (why.mayHelpToRetry) delay = retryDelay(operation, kCloudflareKvRetryPolicy, ++attempts[i]);
    if (delay) {
      places[i].failed(operation.nowMs() + *delay);
    } else {
      places[i].leave();
      std::erase(open, i);
    }
  }

  std::vector<Write> writes;
  std::vector<WriteLanes::Place> places;
  std::vector<std::optional<Error>> errors;
  std::vector<std::size_t> open;  // those whose outcome is not known
  std::vector<int> attempts;
  std::vector<bool> inDoubt;  // those that may have been carried out, whatever a later attempt says
  bool anyMayBeDone = false;
};

}  // namespace

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
  WritesUnderWay underWay(std::move(writes), lanes_, operation);
  while (!underWay.open.empty()) {
    underWay.endCarried();
    if (underWay.open.empty()) break;
    double lookAgainMs = 0;
    const std::vector<std::size_t> ready = underWay.ready(operation.nowMs(), lookAgainMs);
    if (ready.empty()) {
      if (lookAgainMs >= operation.deadlineMs()) {
        for (const std::size_t i : underWay.open) {
          if (!underWay.errors[i]) underWay.errors[i] = noTurn();
        }
        break;
      }
      const double wait = std::max(1.0, lookAgainMs - operation.nowMs());
      if (auto slept = co_await sleepFor(operation, wait); !slept) {
        co_return std::unexpected(std::move(slept.error()));
      }
      continue;
    }
    std::vector<HostRequest> requests;
    for (const std::size_t i : ready) {
      underWay.places[i].start(operation.nowMs());
      requests.push_back(requestFor(underWay.writes[i], operation.nowMs()));
    }
    operation.setWriteInDoubt(true);
    const auto replies = co_await operation.perform(requests);
    for (std::size_t n = 0; n < ready.size(); ++n) underWay.take(operation, ready[n], replies[n]);
    operation.setWriteInDoubt(underWay.anyMayBeDone && !underWay.open.empty());
  }
  co_return std::move(underWay.errors);
}

}  // namespace kvista
