#include "wasm/stores/durable-object/durable-object-store.h"

#include <algorithm>
#include <cmath>

#include "wasm/contract/listing.h"
#include "wasm/core/joined.h"
#include "wasm/store/findings.h"
#include "wasm/stores/durable-object/catalog-calls.h"
#include "wasm/stores/durable-object/durable-object-failures.h"

namespace kvista {
namespace {

constexpr double kKeysPerShardPage = 10'000;

Answer findings() { return Findings().answer(); }

std::unexpected<Error> notOfTheCatalog(std::string_view why) {
  return fail(Code::kCorrupt, joined({"the catalog's answer is none of ours: ", why}),
              "deploy the same version of kvista on both sides of the binding");
}

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
      return callOne(operation);
    case Op::kList:
    case Op::kPage:
      return list(operation);
    case Op::kGetMany:
    case Op::kSetMany:
    case Op::kDeleteMany:
      return callMany(operation);
    case Op::kDiagnose:
      return ended(findings());
    default:
      return ended(fail(Code::kUnsupported, "Durable Objects do not know the operation",
                        "use the operations of KvStore"));
  }
}

// The caller's clock decides when a time to live ends, not the object's.
Request DurableObjectStore::callOf(const Operation& operation) const {
  Request call = operation.request();
  call.flags = static_cast<std::uint8_t>(call.flags & ~(flag::kWantVersion | flag::kCheckUtf8));
  call.number = catalogShards_;
  if (call.expiresAt) {
    call.expiryKind = ExpiryKind::kAt;
    call.expiryNumber = static_cast<double>(*call.expiresAt);
  }
  return call;
}

HostRequest DurableObjectStore::hostRequest(const Request& call, std::string& bytes) const {
  bytes = encodeRemoteRequest(call);
  return {.verb = Verb::kCall,
          .key = call.fullKey,
          .value = call.value,
          .meta = bytes,
          .number = kToObject,
          // What a batch reads is counted and told together.
          .mayKeepText = call.handsValueOn() && call.itemCount == 0};
}

Result<Answer> DurableObjectStore::answerIn(const Request& /*call*/, const HostReply& reply) {
  Result<Answer> answer = decodeAnswer(reply.meta, reply.value);
  if (answer) answer->textKept = reply.textKept;
  return answer;
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
    const std::uint32_t known = countOf(answers.front()->number);
    if (known > kMaxShards) {
      co_return notOfTheCatalog(joined({"it tells of ", known, " shards"}));
    }
    shards = std::max(shards, known);
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
  if (!gathered.reservation.grow(operation.budget(), 2 * keyBytes)) {
    co_return tooMuchAtOnce(2 * keyBytes, operation.budget());
  }
  for (const Result<Answer>& one : answers) appendKeys(all, one->keys);
  if (bound) std::erase_if(all, [&](std::string_view key) { return key > *bound; });
  // A write that ended before it stored anything may have left a row in another shard.
  sortKeys(all);
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
    if (!answer.reservation.grow(operation.budget(), bytes)) {
      co_return tooMuchAtOnce(bytes, operation.budget());
    }
    for (const std::string& key : gathered->keys) {
      if (!isKeyOf(request.fullKey, key)) co_return notOfTheCatalog("it lists another prefix");
      if (!paged && answer.keyCount == kMaxListedKeys) co_return tooManyKeys();
      addKey(answer, std::string_view(key).substr(request.nameSpace.size()));
    }
    if (!gathered->after) co_return answer;
    after = std::move(*gathered->after);
    if (!after.starts_with(request.nameSpace)) co_return notOfTheCatalog("its cursor is none");
    if (paged && answer.keyCount > 0) {
      answer.cursor =
          encodeCursor(listing, std::string_view(after).substr(request.nameSpace.size()));
      co_return answer;
    }
  }
}

}  // namespace kvista
