#include "wasm/stores/durable-object/object.h"

#include <algorithm>

#include "wasm/contract/listing.h"
#include "wasm/contract/version.h"
#include "wasm/core/joined.h"
#include "wasm/stores/durable-object/catalog-calls.h"
#include "wasm/stores/durable-object/durable-object-failures.h"
#include "wasm/text/json-check.h"

namespace kvista {
namespace {

constexpr std::string_view kHeadCell = "head";
// When an unfinished removal is taken up again.
constexpr double kUnfinishedAfterMs = 10'000;
constexpr double kFarthestAlarmMs = kFarthestAlarmSeconds * 1000.0;
// Many objects share the memory of an isolate.
constexpr std::size_t kMaxKeptBytes = 2048;

std::unexpected<Error> corrupt(std::string_view what) {
  return fail(Code::kCorrupt, joined({"the object's storage holds ", what}),
              "restore the object to an earlier point in time, or delete the key");
}

double expiryOf(const Decision& decision) {
  return decision.expiresAt ? static_cast<double>(*decision.expiresAt) : kNever;
}

HostRequest headWrite(const ObjectHead& head, std::string_view meta) {
  return {.verb = Verb::kWrite,
          .key = kHeadCell,
          .value = head.inlineValue,
          .meta = meta,
          .isKeyConstant = true};
}

// When to look whether a value has expired: Unix milliseconds, never if it does not expire.
double alarmFor(const ObjectHead& head, double nowMs) {
  return head.expiry() ? std::min(head.expiresAt * 1000, nowMs + kFarthestAlarmMs) : kNever;
}

}  // namespace

Task<Answer> ObjectStore::perform(Operation& operation) {
  switch (operation.request().op) {
    case Op::kGet:
    case Op::kEntry:
      return read(operation);
    case Op::kSet:
    case Op::kDelete:
    case Op::kCompareAndSet:
    case Op::kCompareAndDelete:
    case Op::kPatch:
      return change(operation);
    case Op::kObjectVersion:
      return tellVersion(operation);
    case Op::kObjectConfirm:
      return confirm(operation);
    case Op::kObjectSettle:
      return settle(operation);
    case Op::kObjectAlarm:
      return alarm(operation);
    default:
      return ended(fail(Code::kUnsupported,
                        "an object holds one key and does not know the operation",
                        "open a store over the objects with durableObjectKvStore"));
  }
}

std::optional<ObjectHead> ObjectStore::keptHead() const {
  if (!kept_) return std::nullopt;
  return decodeHead(kept_->meta, kept_->value);
}

Task<std::optional<ObjectHead>> ObjectStore::readHead(Operation& operation) {
  if (std::optional<ObjectHead> kept = keptHead()) co_return kept;
  const HostRequest ask{.verb = Verb::kRead, .key = kHeadCell, .isKeyConstant = true};
  Result<HostReply> reply = co_await performRead(operation, ask, &kObjectStorageRetryPolicy);
  if (!reply) co_return std::unexpected(std::move(reply.error()));
  if (!reply->present) co_return std::nullopt;
  std::optional<ObjectHead> head = decodeHead(reply->meta, reply->value);
  if (!head) co_return corrupt("a head that is none of this version's");
  keep(reply->meta, reply->value);
  // The reply goes with the next request, and what it wrote is kept after that.
  if (kept_) head->inlineValue = kept_->value;
  co_return head;
}

Task<std::string> ObjectStore::assemble(Operation& operation, std::uint32_t chunks,
                                        std::uint32_t bytes) {
  std::string value;
  value.reserve(bytes);
  for (std::uint32_t i = 0; i < chunks; ++i) {
    const std::string name = chunkName(i);
    const HostRequest ask{.verb = Verb::kRead, .key = name};
    Result<HostReply> reply = co_await performRead(operation, ask, &kObjectStorageRetryPolicy);
    if (!reply) co_return std::unexpected(std::move(reply.error()));
    if (!reply->present || value.size() + reply->value.size() > bytes) {
      co_return corrupt("a value whose chunks do not fit together");
    }
    value.append(reply->value);
  }
  if (value.size() != bytes) co_return corrupt("a value whose chunks do not fit together");
  co_return value;
}

Task<std::string> ObjectStore::versionOfChunks(Operation& operation, std::uint32_t chunks) {
  VersionHasher hasher;
  for (std::uint32_t i = 0; i < chunks; ++i) {
    const std::string name = chunkName(i);
    const HostRequest ask{.verb = Verb::kRead, .key = name};
    Result<HostReply> reply = co_await performRead(operation, ask, &kObjectStorageRetryPolicy);
    if (!reply) co_return std::unexpected(std::move(reply.error()));
    if (!reply->present) co_return corrupt("a value of which a chunk is missing");
    hasher.update(reply->value);
  }
  co_return hasher.finish();
}

Task<Answer> ObjectStore::read(Operation& operation) {
  Result<std::optional<ObjectHead>> head = co_await readHead(operation);
  if (!head) co_return std::unexpected(std::move(head.error()));
  Answer answer;
  if (!*head || !(*head)->holdsValue(operation.nowMs())) co_return answer;
  answer.present = true;
  answer.expiresAt = (*head)->expiry();
  if ((*head)->chunks == 0) {
    answer.view = (*head)->inlineValue;
  } else {
    const std::uint32_t bytes = (*head)->valueBytes;
    if (!answer.reservation.grow(operation.budget(), bytes)) {
      co_return tooMuchAtOnce(bytes, operation.budget());
    }
    Result<std::string> value = co_await assemble(operation, (*head)->chunks, bytes);
    if (!value) co_return std::unexpected(std::move(value.error()));
    answer.owned = std::move(*value);
  }
  if (operation.request().op == Op::kEntry) answer.version = versionOf(answer.value());
  co_return answer;
}

Task<Answer> ObjectStore::tellVersion(Operation& operation) {
  Result<std::optional<ObjectHead>> head = co_await readHead(operation);
  if (head && *head && !(*head)->live) {
    // The removal that was cut off may be that of the caller, whom this tells that it is over.
    // Sending it again instead might remove what was written since.
    if (Result<Answer> locked = co_await lock(operation); !locked) co_return locked;
    head = co_await readHead(operation);
    if (head && *head && !(*head)->live) co_return co_await removeAll(operation, **head, {});
  }
  if (!head) co_return std::unexpected(std::move(head.error()));
  Answer answer;
  if (!*head || !(*head)->holdsValue(operation.nowMs())) co_return answer;
  answer.present = true;
  answer.expiresAt = (*head)->expiry();
  if ((*head)->chunks == 0) {
    answer.version = versionOf((*head)->inlineValue);
  } else {
    Result<std::string> version = co_await versionOfChunks(operation, (*head)->chunks);
    if (!version) co_return std::unexpected(std::move(version.error()));
    answer.version = std::move(*version);
  }
  co_return answer;
}

Task<Answer> ObjectStore::change(Operation& operation) {
  const Request& request = operation.request();
  bool isLocked = false;
  bool isListed = false;  // the catalog has been told of this write
  double generation = 0;
  std::uint32_t shard = 0;
  for (;;) {
    std::optional<ObjectHead> head = keptHead();
    if (!head) {
      Result<std::optional<ObjectHead>> read = co_await readHead(operation);
      if (!read) co_return std::unexpected(std::move(read.error()));
      head = *read;
    }
    // What is not in the head is read first; else it is decided without a coroutine of its own.
    Result<Decision> decision = head && head->chunks > 0 && needsCurrent(request)
                                    ? co_await decideOnChunks(operation, *head)
                                    : decideOn(operation, head);
    if (!decision) {
      // A removal that was cut off may be this caller's own: it is told when that is over.
      if (request.op != Op::kCompareAndDelete || !head || head->live) {
        co_return std::unexpected(std::move(decision.error()));
      }
      if (isLocked) {
        Result<Answer> removed = co_await removeAll(operation, *head, Decision{});
        if (!removed) co_return removed;
        co_return std::unexpected(std::move(decision.error()));
      }
      if (Result<Answer> locked = co_await lock(operation); !locked) co_return locked;
      isLocked = true;
      continue;
    }
    const bool isWrite = decision->action == Decision::Action::kWrite;
    const bool isRemoval = decision->action == Decision::Action::kRemove ||
                           (!isWrite && head && !head->holdsValue(operation.nowMs()));
    if (!isWrite && !isRemoval) co_return answerWritten(request, std::move(*decision));
    const bool isCovered = head && head->live && expiryOf(*decision) >= head->listedUntil;
    if (isWrite && (isCovered || isListed)) {
      Change next = changeTo(operation, *decision, std::move(head).value_or(ObjectHead{}));
      if (isListed) {
        next.head.shard = shard;
        next.head.generation = generation;
        next.head.listedUntil = expiryOf(*decision);
      }
      const std::string meta = encodeHead(next.head);
      if (!next.isOfHeadOnly()) {
        Result<Answer> done = co_await writeAll(operation, std::move(next));
        if (!done) co_return done;
      } else if (!isKept(meta, next.value)) {
        // As most writes are: without a coroutine of its own.
        const HostRequest ask = headWrite(next.head, meta);
        const HostReply& reply = (co_await operation.perform(ask)).front();
        if (reply.failed) co_return storageFailed(reply);
        keep(meta, next.value);
      }
      Answer answer = answerWritten(request, std::move(*decision));
      answer.followUp = isListed;
      co_return answer;
    }
    if (!isLocked) {
      if (Result<Answer> locked = co_await lock(operation); !locked) co_return locked;
      isLocked = true;
      continue;  // another operation may have changed the head while this one waited
    }
    if (isRemoval) co_return co_await removeAll(operation, *head, std::move(*decision));
    shard = head ? head->shard
                 : shardOf(request.fullKey, request.number >= 1
                                                ? static_cast<std::uint32_t>(
                                                      std::min<double>(request.number, kMaxShards))
                                                : 1);
    Request call = callFor(operation, Op::kCatalogAdd, request.fullKey);
    call.expiryNumber = expiryOf(*decision);
    call.number = shard;
    Result<Answer> added = co_await callCatalog(operation, shard, call);
    if (!added) co_return added;
    generation = added->number;
    isListed = true;
  }
}

Result<Decision> ObjectStore::decideOn(const Operation& operation,
                                       const std::optional<ObjectHead>& head) {
  const Request& request = operation.request();
  if (!head || !head->holdsValue(operation.nowMs())) return decide(request, Current{});
  const std::string version = needsVersion(request) ? versionOf(head->inlineValue) : std::string();
  return decide(request, {true, head->inlineValue, version, head->expiry()});
}

Task<Decision> ObjectStore::decideOnChunks(Operation& operation, ObjectHead head) {
  const Request& request = operation.request();
  Current current;
  std::string version;
  std::string value;
  Reservation reservation;
  if (head.holdsValue(operation.nowMs())) {
    current.present = true;
    current.expiresAt = head.expiry();
    if (needsVersion(request)) {
      Result<std::string> hashed = co_await versionOfChunks(operation, head.chunks);
      if (!hashed) co_return std::unexpected(std::move(hashed.error()));
      version = std::move(*hashed);
    }
    if (request.op == Op::kPatch) {
      if (head.valueBytes > kMaxJsonBytes) {
        co_return fail(Code::kTooLarge,
                       joined({"the stored JSON has ", head.valueBytes,
                               " bytes; the limit for a patch is ", kMaxJsonBytes}),
                       "replace the value whole, with compareAndSet");
      }
      if (!reservation.grow(operation.budget(), head.valueBytes)) {
        co_return tooMuchAtOnce(head.valueBytes, operation.budget());
      }
      Result<std::string> whole = co_await assemble(operation, head.chunks, head.valueBytes);
      if (!whole) co_return std::unexpected(std::move(whole.error()));
      value = std::move(*whole);
      current.value = value;
    }
    current.version = version;
  }
  co_return decide(request, current);
}

ObjectStore::Change ObjectStore::changeTo(const Operation& operation, const Decision& decision,
                                          ObjectHead head) {
  const std::string_view value = decision.value(operation.request());
  Change change{.value = value, .chunksBefore = head.chunks};
  head.live = true;
  head.key = operation.request().fullKey;
  head.expiresAt = expiryOf(decision);
  head.valueBytes = static_cast<std::uint32_t>(value.size());
  const bool isInline = value.size() <= kMaxInlineBytes;
  head.inlineValue = isInline ? value : std::string_view();
  head.chunks =
      isInline ? 0
               : static_cast<std::uint32_t>((value.size() + kMaxChunkBytes - 1) / kMaxChunkBytes);
  // An alarm that comes early finds a later expiry and moves itself: renewing an upload costs none.
  const double alarmAtMs = alarmFor(head, operation.nowMs());
  change.setsAlarm = alarmAtMs < head.alarmAtMs;
  if (change.setsAlarm) head.alarmAtMs = alarmAtMs;
  change.head = std::move(head);
  return change;
}

Task<Answer> ObjectStore::writeAll(Operation& operation, Change change) {
  const ObjectHead& head = change.head;
  const std::string headBytes = encodeHead(head);
  const std::uint32_t cells = std::max(head.chunks, change.chunksBefore);
  std::vector<std::string> names;
  names.reserve(cells);
  for (std::uint32_t i = 0; i < cells; ++i) names.push_back(chunkName(i));
  std::vector<HostRequest> requests;
  requests.reserve(cells + 2);
  requests.push_back(headWrite(head, headBytes));
  for (std::uint32_t i = 0; i < names.size(); ++i) {
    if (i < head.chunks) {
      requests.push_back({.verb = Verb::kWrite,
                          .key = names[i],
                          .value = change.value.substr(i * kMaxChunkBytes, kMaxChunkBytes)});
    } else {
      requests.push_back({.verb = Verb::kRemove, .key = names[i]});
    }
  }
  if (change.setsAlarm) requests.push_back({.verb = Verb::kSetAlarm, .number = head.alarmAtMs});
  co_return co_await carryOut(operation, std::move(requests));
}

Task<Answer> ObjectStore::removeAll(Operation& operation, ObjectHead head, Decision decision) {
  const std::uint32_t chunks = head.chunks;
  head.live = false;
  head.valueBytes = head.chunks = 0;
  head.inlineValue = {};
  head.alarmAtMs = operation.nowMs() + kUnfinishedAfterMs;
  const std::string headBytes = encodeHead(head);
  std::vector<std::string> names;
  names.reserve(chunks);
  for (std::uint32_t i = 0; i < chunks; ++i) names.push_back(chunkName(i));
  std::vector<HostRequest> requests;
  requests.reserve(chunks + 2);
  requests.push_back(headWrite(head, headBytes));
  for (const std::string& name : names) requests.push_back({.verb = Verb::kRemove, .key = name});
  requests.push_back({.verb = Verb::kSetAlarm, .number = head.alarmAtMs});
  if (Result<Answer> done = co_await carryOut(operation, std::move(requests)); !done) {
    co_return done;
  }
  // From here on the value is gone; if the row's removal fails, the alarm takes it up again.
  operation.setWriteInDoubt(true);
  double generation = head.generation;
  do {
    Request call = callFor(operation, Op::kCatalogRemove, head.key);
    call.number = generation;
    Result<Answer> removed = co_await callCatalog(operation, head.shard, call);
    if (!removed) co_return std::unexpected(outcomeUnknown(removed.error()));
    // A row of another generation is of an attempt whose answer was lost: this operation holds the
    // lock, so no newer one can be under way.
    generation = removed->number;
  } while (generation != 0);
  kept_.reset();
  const HostRequest empty{.verb = Verb::kEmpty};
  const HostReply& emptied = (co_await operation.perform(empty)).front();
  kept_.reset();
  if (emptied.failed) {
    co_return std::unexpected(outcomeUnknown(kObjectStorageRetryPolicy.classify(emptied).error));
  }
  operation.setWriteInDoubt(false);
  co_return answerWritten(operation.request(), std::move(decision));
}

Task<Answer> ObjectStore::confirm(Operation& operation) {
  if (Result<Answer> locked = co_await lock(operation); !locked) co_return locked;
  Result<std::optional<ObjectHead>> read = co_await readHead(operation);
  if (!read) co_return std::unexpected(std::move(read.error()));
  Answer answer;
  if (!*read || !(*read)->live) co_return answer;
  ObjectHead head = **read;
  // A row in another shard is of a write that ended before it stored anything: it may go.
  if (head.shard != operation.request().expiryNumber) co_return answer;
  const std::uint32_t chunks = head.chunks;
  // The kept cell may go before the host has read what it is to write.
  const std::string value(head.inlineValue);
  head.inlineValue = value;
  std::vector<HostRequest> requests;
  std::vector<std::string> names;
  if (head.holdsValue(operation.nowMs())) {
    answer.present = true;
    answer.expiresAt = head.expiry();
    if (head.generation == operation.request().number && head.listedUntil == head.expiresAt) {
      co_return answer;
    }
    head.generation = std::max(head.generation, operation.request().number);
    head.listedUntil = head.expiresAt;
  } else {
    // The row goes now: a later write has to make a new one.
    head.live = false;
    head.valueBytes = head.chunks = 0;
    head.inlineValue = {};
    head.alarmAtMs = operation.nowMs() + kUnfinishedAfterMs;
    for (std::uint32_t i = 0; i < chunks; ++i) names.push_back(chunkName(i));
    for (const std::string& name : names) requests.push_back({.verb = Verb::kRemove, .key = name});
    requests.push_back({.verb = Verb::kSetAlarm, .number = head.alarmAtMs});
  }
  const std::string headBytes = encodeHead(head);
  requests.push_back(headWrite(head, headBytes));
  if (Result<Answer> done = co_await carryOut(operation, std::move(requests)); !done) {
    co_return done;
  }
  co_return answer;
}

Task<Answer> ObjectStore::settle(Operation& operation) {
  Result<std::optional<ObjectHead>> head = co_await readHead(operation);
  if (!head) co_return std::unexpected(std::move(head.error()));
  if (!*head || !(*head)->live) co_return Answer();
  Request call = callFor(operation, Op::kCatalogConfirm, (*head)->key);
  call.number = (*head)->generation;
  call.expiryNumber = (*head)->listedUntil;
  co_return co_await callCatalog(operation, (*head)->shard, call);
}

Task<Answer> ObjectStore::alarm(Operation& operation) {
  if (Result<Answer> locked = co_await lock(operation); !locked) co_return locked;
  Result<std::optional<ObjectHead>> read = co_await readHead(operation);
  if (!read) co_return std::unexpected(std::move(read.error()));
  if (!*read) co_return Answer();
  ObjectHead head = **read;
  if (!head.holdsValue(operation.nowMs())) {
    co_return co_await removeAll(operation, head, Decision{});
  }
  // As in confirm.
  const std::string value(head.inlineValue);
  head.inlineValue = value;
  std::vector<HostRequest> requests;
  head.alarmAtMs = alarmFor(head, operation.nowMs());
  const std::string headBytes = encodeHead(head);
  requests.push_back(headWrite(head, headBytes));
  if (head.expiry()) requests.push_back({.verb = Verb::kSetAlarm, .number = head.alarmAtMs});
  co_return co_await carryOut(operation, std::move(requests));
}

Task<Answer> ObjectStore::lock(Operation& operation) {
  const HostRequest ask{.verb = Verb::kLock, .number = operation.deadlineMs()};
  const HostReply& reply = (co_await operation.perform(ask)).front();
  if (!reply.failed) co_return Answer();
  co_return fail(Code::kRateLimited, "other writes of this key were under way until the deadline",
                 "write one key less often, or give the call a longer deadlineMs");
}

Task<Answer> ObjectStore::carryOut(Operation& operation, std::vector<HostRequest> requests) {
  for (const HostReply& reply : co_await operation.perform(requests)) {
    if (reply.failed) co_return storageFailed(reply);
  }
  for (const HostRequest& done : requests) {
    if (done.key == kHeadCell) keep(done.meta, done.value);
  }
  co_return Answer();
}

std::unexpected<Error> ObjectStore::storageFailed(const HostReply& reply) {
  kept_.reset();
  return storageFailure(reply);
}

bool ObjectStore::isKept(std::string_view meta, std::string_view value) const {
  return kept_ && kept_->value == value && kept_->meta == meta;
}

void ObjectStore::keep(std::string_view meta, std::string_view value) {
  if (value.size() > kMaxKeptBytes) return kept_.reset();
  // In the room of the cell before; what is kept may be what is to be kept.
  if (!kept_) kept_.emplace();
  kept_->meta.assign(meta);
  kept_->value.assign(value);
}

}  // namespace kvista
