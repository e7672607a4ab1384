// The object's operations: which one is asked for, what it reads, and what a write decides.
#include "wasm/stores/durable-object/object.h"

#include "wasm/contract/listing.h"
#include "wasm/contract/version.h"
#include "wasm/core/joined.h"
#include "wasm/text/json-check.h"

namespace kvista {
namespace {

double expiryOf(const Decision& decision) {
  return decision.expiresAt ? static_cast<double>(*decision.expiresAt) : kNever;
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

Task<Answer> ObjectStore::read(Operation& operation) {
  Result<std::optional<ObjectHead>> head = co_await cells_.readHead(operation);
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
    Result<std::string> value = co_await cells_.readChunks(operation, (*head)->chunks, bytes);
    if (!value) co_return std::unexpected(std::move(value.error()));
    answer.owned = std::move(*value);
  }
  if (operation.request().op == Op::kEntry) answer.version = versionOf(answer.value());
  co_return answer;
}

Task<Answer> ObjectStore::tellVersion(Operation& operation) {
  Result<std::optional<ObjectHead>> head = co_await cells_.readHead(operation);
  if (head && *head && !(*head)->live) {
    // The removal that was cut off may be that of the caller, whom this tells that it is over.
    // Sending it again instead might remove what was written since.
    if (Result<Answer> locked = co_await lock(operation); !locked) co_return locked;
    head = co_await cells_.readHead(operation);
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
    Result<std::string> version = co_await cells_.versionOfChunks(operation, (*head)->chunks);
    if (!version) co_return std::unexpected(std::move(version.error()));
    answer.version = std::move(*version);
  }
  co_return answer;
}

Task<Answer> ObjectStore::change(Operation& operation) {
  using Action = Decision::Action;
  const Request& request = operation.request();
  bool isLocked = false;
  std::optional<CatalogRow> row;  // if this write has added it
  for (;;) {
    std::optional<ObjectHead> head = cells_.keptHead();
    if (!head) {
      Result<std::optional<ObjectHead>> read = co_await cells_.readHead(operation);
      if (!read) co_return std::unexpected(std::move(read.error()));
      head = *read;
    }
    // What is not in the head is read first; else it is decided without a coroutine of its own.
    Result<Decision> decision = head && head->chunks > 0 && needsCurrent(request)
                                    ? co_await decideOnChunks(operation, *head)
                                    : decideOn(operation, head);
    // A removal that was cut off may be this caller's own: it is told when that is over.
    const bool isCutOff = !decision && request.op == Op::kCompareAndDelete && head && !head->live;
    if (!decision && !isCutOff) co_return std::unexpected(std::move(decision.error()));
    const bool isWrite = decision && decision->action == Action::kWrite;
    const bool isRemoval = isCutOff || decision->action == Action::kRemove ||
                           (!isWrite && head && !head->holdsValue(operation.nowMs()));
    if (!isWrite && !isRemoval) co_return answerWritten(request, std::move(*decision));
    const bool isCovered =
        isWrite && head && head->live && expiryOf(*decision) >= head->listedUntil;
    if (isCovered || (isWrite && row)) {
      ValueWrite next = writeFor(operation, *decision, std::move(head), row);
      const std::string meta = encodeHead(next.head);
      if (!next.isOfHeadOnly()) {
        Result<Answer> done = co_await cells_.write(operation, std::move(next));
        if (!done) co_return done;
      } else if (!cells_.isKept(meta, next.value)) {
        // As most writes are: without a coroutine of its own.
        const HostRequest ask = headWrite(next.head, meta);
        const HostReply& reply = (co_await operation.perform(ask)).front();
        if (reply.failed) co_return cells_.failed(reply);
        cells_.keep(meta, next.value);
      }
      Answer answer = answerWritten(request, std::move(*decision));
      answer.followUp = row.has_value();
      co_return answer;
    }
    if (!isLocked) {
      if (Result<Answer> locked = co_await lock(operation); !locked) co_return locked;
      isLocked = true;
      continue;  // another operation may have changed the head while this one waited
    }
    if (isCutOff) {
      Result<Answer> removed = co_await removeAll(operation, *head, Decision{});
      if (!removed) co_return removed;
      co_return std::unexpected(std::move(decision.error()));
    }
    if (isRemoval) co_return co_await removeAll(operation, *head, std::move(*decision));
    Result<CatalogRow> added = co_await addRow(operation, head, expiryOf(*decision));
    if (!added) co_return std::unexpected(std::move(added.error()));
    row = *added;
  }
}

ValueWrite ObjectStore::writeFor(const Operation& operation, const Decision& decision,
                                 std::optional<ObjectHead> before,
                                 const std::optional<CatalogRow>& row) {
  ObjectHead head = std::move(before).value_or(ObjectHead{});
  head.key = operation.request().fullKey;
  if (row) {
    head.shard = row->shard;
    head.generation = row->generation;
    head.listedUntil = expiryOf(decision);
  }
  return valueWrite(std::move(head), decision.value(operation.request()), expiryOf(decision),
                    operation.nowMs());
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
      Result<std::string> hashed = co_await cells_.versionOfChunks(operation, head.chunks);
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
      Result<std::string> whole =
          co_await cells_.readChunks(operation, head.chunks, head.valueBytes);
      if (!whole) co_return std::unexpected(std::move(whole.error()));
      value = std::move(*whole);
      current.value = value;
    }
    current.version = version;
  }
  co_return decide(request, current);
}

}  // namespace kvista
