#include "wasm/stores/durable-object-store.h"

#include <algorithm>
#include <cmath>

#include "wasm/contract/admit.h"
#include "wasm/contract/version.h"
#include "wasm/stores/catalog-calls.h"
#include "wasm/stores/durable-object-failures.h"
#include "wasm/stores/findings.h"
#include "wasm/stores/listing.h"

namespace kvista {
namespace {

// Objects asked at the same time in one batch, so that a batch of large values does not fill the
// memory with requests that have not been sent.
constexpr std::size_t kCallsPerStep = 64;
constexpr double kKeysPerShardPage = 10'000;

// What reading the key says about a write that may have been carried out.
enum class Settling { kDone, kTryAgain, kUnknown };

Settling settleBy(const Request& write, const Answer& now) {
  const bool expectsVersion = write.has(flag::kHasExtra);
  switch (write.op) {
    case Op::kDelete:
      // An unfinished removal may be taken up again: nothing was written since.
      if (now.present) return Settling::kUnknown;
      return now.number != 0 ? Settling::kTryAgain : Settling::kDone;
    case Op::kSet:
    case Op::kCompareAndSet:
      if (now.present && now.version == versionOf(write.value) &&
          now.expiresAt == write.expiresAt) {
        return Settling::kDone;
      }
      break;
    default:
      break;
  }
  if (write.op == Op::kCompareAndSet || expectsVersion) {
    const bool isOld = expectsVersion ? now.present && now.version == write.extra : !now.present;
    if (isOld) return Settling::kTryAgain;
  }
  return Settling::kUnknown;
}

Answer written(const Request& write) {
  Answer answer;
  answer.expiresAt = write.expiresAt;
  return answer;
}

// Failures that an object answers with, rather than one that is thrown on the way to it.
Failure failureOf(Error error) {
  const bool retryable = isRetryable(error.code);
  const bool unknown = error.code == Code::kOutcomeUnknown;
  return {std::move(error), retryable || unknown, unknown};
}

Answer findings() { return Findings().answer(); }

}  // namespace

Task<Answer> DurableObjectStore::perform(Operation& operation) {
  switch (operation.request().op) {
    case Op::kGet:
    case Op::kEntry:
    case Op::kSet:
    case Op::kDelete:
    case Op::kCompareAndSet:
    case Op::kCompareAndDelete:
    case Op::kPatch:
      return performOne(operation);
    case Op::kList:
    case Op::kPage:
      return list(operation);
    case Op::kGetMany:
    case Op::kSetMany:
    case Op::kDeleteMany:
      return performMany(operation);
    case Op::kDiagnose:
      return ended(findings());
    default:
      return ended(fail(Code::kUnsupported, "Durable Objects do not know the operation",
                        "use the operations of KvStore"));
  }
}

Task<Answer> DurableObjectStore::performOne(Operation& operation) {
  Result<Answer> answer = co_await callObject(operation, objectRequest(operation), std::nullopt);
  if (answer && operation.request().has(flag::kWantVersion) && answer->version.empty()) {
    answer->version = versionOf(operation.request().value);
  }
  co_return answer;
}

// The caller's clock decides when a time to live ends, not the object's.
Request DurableObjectStore::objectRequest(const Operation& operation) const {
  Request call = operation.request();
  call.flags = static_cast<std::uint8_t>(call.flags & ~(flag::kWantVersion | flag::kCheckUtf8));
  call.number = catalogShards_;
  if (call.expiresAt) {
    call.expiryKind = ExpiryKind::kAt;
    call.expiryNumber = static_cast<double>(*call.expiresAt);
  }
  return call;
}

Task<Answer> DurableObjectStore::callObject(Operation& operation, Request call,
                                            std::optional<Failure> before) {
  const bool isAWrite = isWrite(call.op);
  // Of a batch other writes may have been carried out already.
  const bool isOfBatch = before.has_value();
  // Once an attempt may have been carried out, a later refusal says nothing about it.
  bool exposed = false;
  std::optional<Failure> why = std::move(before);
  for (int attempt = 1;; ++attempt) {
    if (!why) {
      call.nowMs = operation.nowMs();
      const std::string head = encodeRemoteRequest(call);
      const HostRequest ask{.verb = Verb::kCall,
                            .key = call.fullKey,
                            .value = call.value,
                            .meta = head,
                            .number = kToObject};
      if (isAWrite) operation.exposeWrite(true);
      const HostReply& reply = (co_await operation.perform(ask)).front();
      if (reply.failed) {
        why = kObjectCallBackend.classify(reply);
      } else {
        Result<Answer> answer = decodeAnswer(reply.meta, reply.value);
        if (answer) co_return answer;
        const bool mayBeOurs = exposed && answer.error().code == Code::kVersionMismatch;
        if (!mayBeOurs && answer.error().code != Code::kOutcomeUnknown &&
            !isRetryable(answer.error().code)) {
          co_return answer;
        }
        why = failureOf(std::move(answer.error()));
        why->carriedOut = why->carriedOut || mayBeOurs;
        why->mayHelpToRetry = why->mayHelpToRetry || mayBeOurs;
      }
    }
    exposed = isAWrite && (exposed || why->carriedOut);
    if (isAWrite) operation.exposeWrite(exposed || isOfBatch);
    if (exposed) {
      Result<Answer> now = co_await callObject(
          operation, callFor(operation, Op::kObjectVersion, call.fullKey), std::nullopt);
      const Settling settling = now ? settleBy(call, *now) : Settling::kUnknown;
      if (settling == Settling::kDone) co_return written(call);
      if (settling == Settling::kUnknown) co_return std::unexpected(outcomeUnknown(why->error));
    }
    const std::optional<double> delay =
        why->mayHelpToRetry ? retryDelay(operation, kObjectCallBackend, attempt) : std::nullopt;
    if (!delay) {
      co_return std::unexpected(exposed ? outcomeUnknown(why->error) : std::move(why->error));
    }
    if (auto slept = co_await sleepFor(operation, *delay); !slept) {
      co_return std::unexpected(std::move(slept.error()));
    }
    why.reset();
  }
}

Task<Answer> DurableObjectStore::performMany(Operation& operation) {
  const Request& request = operation.request();
  Result<std::vector<AdmittedItem>> items = admitItems(request);
  if (!items) co_return std::unexpected(std::move(items.error()));
  const Op op = request.op == Op::kGetMany   ? Op::kGet
                : request.op == Op::kSetMany ? Op::kSet
                                             : Op::kDelete;
  std::vector<Request> calls;
  for (const AdmittedItem& one : *items) {
    Request& call = calls.emplace_back(objectRequest(operation));
    call.op = op;
    call.flags = 0;
    call.key = call.fullKey = one.item.fullKey;
    call.value = one.item.value;
    call.expiresAt = one.expiresAt;
    call.expiryKind = one.expiresAt ? ExpiryKind::kAt : ExpiryKind::kNone;
    call.expiryNumber = one.expiresAt ? static_cast<double>(*one.expiresAt) : 0;
  }
  Answer answer;
  answer.items.resize(calls.size());
  // Writes of one key must land in the order of the batch: a key twice is a step of its own.
  for (std::size_t begin = 0; begin < calls.size();) {
    std::vector<std::size_t> step;
    std::vector<std::string> heads;
    std::vector<HostRequest> asks;
    heads.reserve(kCallsPerStep);
    std::size_t end = begin;
    for (; end < calls.size() && step.size() < kCallsPerStep; ++end) {
      if ((*items)[end].error) {
        answer.items[end].error = (*items)[end].error;
        continue;
      }
      const bool again = std::ranges::any_of(
          step, [&](std::size_t i) { return calls[i].fullKey == calls[end].fullKey; });
      if (again && op != Op::kGet) break;
      step.push_back(end);
      heads.push_back(encodeRemoteRequest(calls[end]));
      asks.push_back({.verb = Verb::kCall,
                      .key = calls[end].fullKey,
                      .value = calls[end].value,
                      .meta = heads.back(),
                      .number = kToObject});
    }
    begin = end;
    operation.exposeWrite(op != Op::kGet);
    std::vector<std::pair<std::size_t, Failure>> open;
    const auto replies = co_await operation.perform(asks);
    for (std::size_t n = 0; n < step.size(); ++n) {
      ItemOutcome& outcome = answer.items[step[n]];
      outcome.expiresAt = calls[step[n]].expiresAt;
      if (replies[n].failed) {
        open.emplace_back(step[n], kObjectCallBackend.classify(replies[n]));
        continue;
      }
      Result<Answer> one = decodeAnswer(replies[n].meta, replies[n].value);
      if (!one) {
        open.emplace_back(step[n], failureOf(std::move(one.error())));
        continue;
      }
      outcome.present = one->present;
      if (op != Op::kGet || !one->present) continue;
      if (Result<void> ok = countValue(answer, one->value().size(), operation.budget()); !ok) {
        co_return std::unexpected(std::move(ok.error()));
      }
      outcome.value = one->value();
    }
    for (auto& [i, why] : open) {
      Result<Answer> one = co_await callObject(operation, calls[i], std::move(why));
      if (!one) {
        if (op == Op::kGet) co_return one;
        answer.items[i].error = std::move(one.error());
        continue;
      }
      answer.items[i].present = one->present;
      if (op != Op::kGet || !one->present) continue;
      if (Result<void> ok = countValue(answer, one->value().size(), operation.budget()); !ok) {
        co_return std::unexpected(std::move(ok.error()));
      }
      answer.items[i].value = one->value();
    }
  }
  operation.exposeWrite(false);
  co_return answer;
}

Task<std::vector<Result<Answer>>> DurableObjectStore::askShards(Operation& operation,
                                                                std::uint32_t first,
                                                                std::uint32_t end, Request call) {
  std::vector<std::string> names;
  std::vector<HostRequest> asks;
  std::vector<std::string> heads;
  names.reserve(end - first);
  heads.reserve(end - first);
  asks.reserve(end - first);
  for (std::uint32_t shard = first; shard < end; ++shard) {
    names.push_back(catalogName(shard));
    call.expiryNumber = shard;
    heads.push_back(encodeRemoteRequest(call));
  }
  for (std::size_t i = 0; i < names.size(); ++i) {
    asks.push_back({.verb = Verb::kCall, .key = names[i], .meta = heads[i], .number = kToCatalog});
  }
  std::vector<Result<Answer>> answers;
  std::vector<std::size_t> open;
  const auto replies = co_await operation.perform(asks);
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (replies[i].failed) {
      open.push_back(i);
      answers.emplace_back();
      continue;
    }
    answers.push_back(decodeAnswer(replies[i].meta, replies[i].value));
    if (!answers.back() && isRetryable(answers.back().error().code)) open.push_back(i);
  }
  for (const std::size_t i : open) {
    answers[i] = co_await callCatalog(operation, first + static_cast<std::uint32_t>(i), call);
  }
  co_return answers;
}

Task<DurableObjectStore::Gathered> DurableObjectStore::gather(Operation& operation,
                                                              std::string after, double limit) {
  Request call = callFor(operation, Op::kCatalogPage, operation.request().fullKey);
  call.extra = after;
  call.number = limit;
  Gathered gathered;
  std::vector<Result<Answer>> answers;
  std::uint32_t asked = 0;
  std::uint32_t shards = catalogShards_;
  while (asked < shards) {
    auto more = co_await askShards(operation, asked, shards, call);
    if (!more) co_return std::unexpected(std::move(more.error()));
    for (Result<Answer>& one : *more) {
      if (!one) co_return std::unexpected(std::move(one.error()));
      answers.push_back(std::move(one));
    }
    asked = shards;
    // Shard 0 knows of shards that an earlier configuration filled.
    shards = std::max(shards, static_cast<std::uint32_t>(answers.front()->number));
  }
  // Shards that have more cover the keys up to their cursor; what is certain ends at the least one.
  std::optional<std::string> bound;
  for (const Result<Answer>& one : answers) {
    if (one->cursor && (!bound || *one->cursor < *bound)) bound = one->cursor;
  }
  std::vector<std::string_view> all;
  std::size_t keyBytes = 0;
  for (const Result<Answer>& one : answers) keyBytes += one->keys.size();
  // The shards' answers, and the gathered keys.
  if (!gathered.lease.grow(operation.budget(), 2 * keyBytes)) {
    co_return tooMuchAtOnce(2 * keyBytes, operation.budget());
  }
  for (const Result<Answer>& one : answers) {
    std::string_view keys = one->keys;
    while (!keys.empty()) {
      const std::string_view key = keys.substr(0, keys.find('\0'));
      keys.remove_prefix(key.size() + 1);
      if (!bound || key <= *bound) all.push_back(key);
    }
  }
  // A heap sorts in half the code of std::sort.
  std::ranges::make_heap(all);
  std::ranges::sort_heap(all);
  // A write that ended before it stored anything may have left a row in another shard.
  const auto repeated = std::ranges::unique(all);
  all.erase(repeated.begin(), repeated.end());
  gathered.after = std::move(bound);
  if (static_cast<double>(all.size()) > limit) {
    all.resize(static_cast<std::size_t>(limit));
    gathered.after = all.back();
  }
  gathered.keys.assign(all.begin(), all.end());
  co_return gathered;
}

Task<Answer> DurableObjectStore::list(Operation& operation) {
  const Request& request = operation.request();
  const bool paged = request.op == Op::kPage;
  const Listing listing = listingOf(StoreKind::kDurableObject, request);
  std::string after;
  if (paged && request.has(flag::kHasExtra)) {
    Result<std::string> decoded = decodeCursor(listing, request.extra);
    if (!decoded) co_return std::unexpected(std::move(decoded.error()));
    after = std::string(request.nameSpace) + *decoded;
  }
  Answer answer;
  for (;;) {
    Result<Gathered> gathered =
        co_await gather(operation, after, paged ? request.number : kKeysPerShardPage);
    if (!gathered) co_return std::unexpected(std::move(gathered.error()));
    std::size_t bytes = 0;
    for (const std::string& key : gathered->keys) bytes += key.size() + 1;
    if (!answer.lease.grow(operation.budget(), bytes)) {
      co_return tooMuchAtOnce(bytes, operation.budget());
    }
    for (const std::string& key : gathered->keys) {
      if (!paged && answer.keyCount == kMaxListedKeys) co_return tooManyKeys();
      addKey(answer, std::string_view(key).substr(request.nameSpace.size()));
    }
    if (!gathered->after) co_return answer;
    after = std::move(*gathered->after);
    if (paged && answer.keyCount > 0) {
      answer.cursor =
          encodeCursor(listing, std::string_view(after).substr(request.nameSpace.size()));
      co_return answer;
    }
  }
}

}  // namespace kvista
