// The object's part in the protocol with the catalog: the row of its key is added before the value
// is written and removed after it, confirmed when a listing asks, and taken up by an alarm when an
// operation was cut off.
#include <algorithm>

#include "wasm/stores/durable-object/catalog-calls.h"
#include "wasm/stores/durable-object/durable-object-failures.h"
#include "wasm/stores/durable-object/object.h"

namespace kvista {

Task<ObjectStore::CatalogRow> ObjectStore::addRow(Operation& operation,
                                                  std::optional<ObjectHead> head,
                                                  double confirmAfter) {
  const Request& request = operation.request();
  CatalogRow row;
  row.shard =
      head ? head->shard
           : shardOf(request.fullKey,
                     request.number >= 1
                         ? static_cast<std::uint32_t>(std::min<double>(request.number, kMaxShards))
                         : 1);
  Request call = callFor(operation, Op::kCatalogAdd, request.fullKey);
  call.expiryNumber = confirmAfter;
  call.number = row.shard;
  Result<Answer> added = co_await callCatalog(operation, row.shard, call);
  if (!added) co_return std::unexpected(std::move(added.error()));
  row.generation = added->number;
  co_return row;
}

Task<Answer> ObjectStore::removeAll(Operation& operation, ObjectHead head, Decision decision) {
  const std::vector<std::string> names = chunkNames(head.chunks);
  head = unfinishedRemovalOf(std::move(head), operation.nowMs());
  const std::string headBytes = encodeHead(head);
  std::vector<HostRequest> requests;
  requests.reserve(names.size() + 2);
  requests.push_back(headWrite(head, headBytes));
  for (const std::string& name : names) requests.push_back({.verb = Verb::kRemove, .key = name});
  requests.push_back({.verb = Verb::kSetAlarm, .number = head.alarmAtMs});
  if (Result<Answer> done = co_await cells_.carryOut(operation, std::move(requests)); !done) {
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
  cells_.forget();
  const HostRequest empty{.verb = Verb::kEmpty};
  const HostReply& emptied = (co_await operation.perform(empty)).front();
  cells_.forget();
  if (emptied.failed) {
    co_return std::unexpected(outcomeUnknown(kObjectStorageRetryPolicy.classify(emptied).error));
  }
  operation.setWriteInDoubt(false);
  co_return answerWritten(operation.request(), std::move(decision));
}

Task<Answer> ObjectStore::confirm(Operation& operation) {
  if (Result<Answer> locked = co_await lock(operation); !locked) co_return locked;
  Result<std::optional<ObjectHead>> read = co_await cells_.readHead(operation);
  if (!read) co_return std::unexpected(std::move(read.error()));
  Answer answer;
  if (!*read || !(*read)->live) co_return answer;
  ObjectHead head = **read;
  // A row in another shard is of a write that ended before it stored anything: it may go.
  if (head.shard != operation.request().expiryNumber) co_return answer;
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
    names = chunkNames(head.chunks);
    head = unfinishedRemovalOf(std::move(head), operation.nowMs());
    for (const std::string& name : names) requests.push_back({.verb = Verb::kRemove, .key = name});
    requests.push_back({.verb = Verb::kSetAlarm, .number = head.alarmAtMs});
  }
  const std::string headBytes = encodeHead(head);
  requests.push_back(headWrite(head, headBytes));
  if (Result<Answer> done = co_await cells_.carryOut(operation, std::move(requests)); !done) {
    co_return done;
  }
  co_return answer;
}

Task<Answer> ObjectStore::settle(Operation& operation) {
  Result<std::optional<ObjectHead>> head = co_await cells_.readHead(operation);
  if (!head) co_return std::unexpected(std::move(head.error()));
  if (!*head || !(*head)->live) co_return Answer();
  Request call = callFor(operation, Op::kCatalogConfirm, (*head)->key);
  call.number = (*head)->generation;
  call.expiryNumber = (*head)->listedUntil;
  co_return co_await callCatalog(operation, (*head)->shard, call);
}

Task<Answer> ObjectStore::alarm(Operation& operation) {
  if (Result<Answer> locked = co_await lock(operation); !locked) co_return locked;
  Result<std::optional<ObjectHead>> read = co_await cells_.readHead(operation);
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
  head.alarmAtMs = expiryAlarmMs(head, operation.nowMs());
  const std::string headBytes = encodeHead(head);
  requests.push_back(headWrite(head, headBytes));
  if (head.expiry()) requests.push_back({.verb = Verb::kSetAlarm, .number = head.alarmAtMs});
  co_return co_await cells_.carryOut(operation, std::move(requests));
}

Task<Answer> ObjectStore::lock(Operation& operation) {
  const HostRequest ask{.verb = Verb::kLock, .number = operation.deadlineMs()};
  const HostReply& reply = (co_await operation.perform(ask)).front();
  if (!reply.failed) co_return Answer();
  co_return fail(Code::kRateLimited, "other writes of this key were under way until the deadline",
                 "write one key less often, or give the call a longer deadlineMs");
}

}  // namespace kvista
