// How the cells of an object are read and written. The head's own form is in object-head.cc.
#include "wasm/stores/durable-object/object-cells.h"

#include <algorithm>

#include "wasm/contract/version.h"
#include "wasm/core/joined.h"
#include "wasm/stores/durable-object/durable-object-failures.h"
#include "wasm/stores/durable-object/object-limits.h"

namespace kvista {
namespace {

constexpr std::string_view kHeadCell = "head";
// Many objects share the memory of an isolate.
constexpr std::size_t kMaxKeptBytes = 2048;
// When the removal of a value is taken up again, if it was cut off.
constexpr double kUnfinishedAfterMs = 10'000;
constexpr double kFarthestAlarmMs = kFarthestAlarmSeconds * 1000.0;

std::unexpected<Error> corrupt(std::string_view what) {
  return fail(Code::kCorrupt, joined({"the object's storage holds ", what}),
              "restore the object to an earlier point in time, or delete the key");
}

}  // namespace

HostRequest headWrite(const ObjectHead& head, std::string_view meta) {
  return {.verb = Verb::kWrite,
          .key = kHeadCell,
          .value = head.inlineValue,
          .meta = meta,
          .isKeyConstant = true};
}

std::vector<std::string> chunkNames(std::uint32_t count) {
  std::vector<std::string> names;
  names.reserve(count);
  for (std::uint32_t i = 0; i < count; ++i) names.push_back(chunkName(i));
  return names;
}

double expiryAlarmMs(const ObjectHead& head, double nowMs) {
  return head.expiry() ? std::min(head.expiresAt * 1000, nowMs + kFarthestAlarmMs) : kNever;
}

ObjectHead unfinishedRemovalOf(ObjectHead head, double nowMs) {
  head.live = false;
  head.valueBytes = head.chunks = 0;
  head.inlineValue = {};
  head.alarmAtMs = nowMs + kUnfinishedAfterMs;
  return head;
}

ValueWrite valueWrite(ObjectHead head, std::string_view value, double expiresAt, double nowMs) {
  ValueWrite write{.value = value, .chunksBefore = head.chunks};
  head.live = true;
  head.expiresAt = expiresAt;
  head.valueBytes = static_cast<std::uint32_t>(value.size());
  const bool isInline = value.size() <= kMaxInlineBytes;
  head.inlineValue = isInline ? value : std::string_view();
  head.chunks =
      isInline ? 0
               : static_cast<std::uint32_t>((value.size() + kMaxChunkBytes - 1) / kMaxChunkBytes);
  // An alarm that comes early finds a later expiry and moves itself: renewing an upload costs none.
  const double alarmAtMs = expiryAlarmMs(head, nowMs);
  write.setsAlarm = alarmAtMs < head.alarmAtMs;
  if (write.setsAlarm) head.alarmAtMs = alarmAtMs;
  write.head = std::move(head);
  return write;
}

std::optional<ObjectHead> ObjectCells::keptHead() const {
  if (!kept_) return std::nullopt;
  return decodeHead(kept_->meta, kept_->value);
}

Task<std::optional<ObjectHead>> ObjectCells::readHead(Operation& operation) {
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

Task<std::string> ObjectCells::readChunks(Operation& operation, std::uint32_t chunks,
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

Task<std::string> ObjectCells::versionOfChunks(Operation& operation, std::uint32_t chunks) {
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

Task<Answer> ObjectCells::write(Operation& operation, ValueWrite write) {
  const ObjectHead& head = write.head;
  const std::string headBytes = encodeHead(head);
  const std::vector<std::string> names = chunkNames(std::max(head.chunks, write.chunksBefore));
  std::vector<HostRequest> requests;
  requests.reserve(names.size() + 2);
  requests.push_back(headWrite(head, headBytes));
  for (std::uint32_t i = 0; i < names.size(); ++i) {
    if (i < head.chunks) {
      requests.push_back({.verb = Verb::kWrite,
                          .key = names[i],
                          .value = write.value.substr(i * kMaxChunkBytes, kMaxChunkBytes)});
    } else {
      requests.push_back({.verb = Verb::kRemove, .key = names[i]});
    }
  }
  if (write.setsAlarm) requests.push_back({.verb = Verb::kSetAlarm, .number = head.alarmAtMs});
  co_return co_await carryOut(operation, std::move(requests));
}

Task<Answer> ObjectCells::carryOut(Operation& operation, std::vector<HostRequest> requests) {
  for (const HostReply& reply : co_await operation.perform(requests)) {
    if (reply.failed) co_return failed(reply);
  }
  for (const HostRequest& done : requests) {
    if (done.key == kHeadCell) keep(done.meta, done.value);
  }
  co_return Answer();
}

std::unexpected<Error> ObjectCells::failed(const HostReply& reply) {
  forget();
  return storageFailure(reply);
}

bool ObjectCells::isKept(std::string_view meta, std::string_view value) const {
  return kept_ && kept_->value == value && kept_->meta == meta;
}

void ObjectCells::keep(std::string_view meta, std::string_view value) {
  if (value.size() > kMaxKeptBytes) return forget();
  // In the room of the cell before; what is kept may be what is to be kept.
  if (!kept_) kept_.emplace();
  kept_->meta.assign(meta);
  kept_->value.assign(value);
}

}  // namespace kvista
