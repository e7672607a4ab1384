#include "wasm/stores/redis/redis-store.h"

#include "wasm/contract/decide.h"
#include "wasm/contract/expiry.h"
#include "wasm/contract/limits.h"
#include "wasm/contract/settle.h"
#include "wasm/contract/version.h"
#include "wasm/stores/redis/redis-command.h"
#include "wasm/stores/redis/redis-failures.h"
#include "wasm/stores/redis/redis-scripts.h"
#include "wasm/text/json-object.h"
#include "wasm/text/utf8.h"

namespace kvista {
namespace {

// In `Request::number` of a write: it leaves the key's expiry as it is.
constexpr double kKeepsExpiry = 1;

// Unix seconds. An expiry that another program has set within a second counts for all of it.
std::optional<std::int64_t> secondsOf(std::string_view milliseconds) {
  const std::optional<std::int64_t> number = JsonText{milliseconds}.integer();
  if (!number || *number < 0) return std::nullopt;
  return *number / 1000 + (*number % 1000 == 0 ? 0 : 1);
}

bool removes(const Request& write) {
  return write.op == Op::kDelete || write.op == Op::kCompareAndDelete ||
         isExpired(write.expiresAt, write.nowMs);
}

// What a write found in its way: whether the key is there. Nothing if it was carried out.
std::optional<bool> hindranceIn(const Request& write, const HostReply& reply) {
  if (write.has(flag::kHasExtra)) {
    if (reply.number == 2) return std::nullopt;
    return reply.number == 1;
  }
  if (write.op != Op::kCompareAndSet) return std::nullopt;
  if (removes(write) ? reply.number == 0 : reply.present) return std::nullopt;
  return true;
}

}  // namespace

RedisStore::RedisStore(RedisConfig config)
    : CallingStore(&kRedisRetryPolicy, Op::kEntry), config_(std::move(config)) {}

std::uint32_t RedisStore::capabilities() const {
  return isBasic() ? 0 : capability::kAll & ~capability::kOrderedPages;
}

Task<Answer> RedisStore::perform(Operation& operation) {
  switch (operation.request().op) {
    case Op::kPatch:
      return patch(operation);
    case Op::kList:
    case Op::kPage:
      return list(operation);
    case Op::kGetMany:
      return isBasic() ? callMany(operation) : readMany(operation);
    case Op::kSetMany:
    case Op::kDeleteMany:
      return callMany(operation);
    case Op::kDiagnose:
      return diagnose(operation);
    case Op::kSweep:
      return Store::perform(operation);
    default:
      return callOne(operation);
  }
}

bool RedisStore::isScript(const Request& call) const {
  return (call.op == Op::kEntry && !isBasic()) || call.has(flag::kHasExtra);
}

void RedisStore::addKey(std::string& command, std::string_view fullKey) const {
  if (!config_.addsKeyPrefix) command += config_.keyPrefix;
  addWords(command, {fullKey});
}

HostRequest RedisStore::hostRequest(const Request& call, std::string& bytes) const {
  double keyAt = 2;
  const bool isAWrite = isWrite(call.op);
  const bool onlyIfAbsent = call.op == Op::kCompareAndSet;
  // @redis/client 6 may split a DEL over a cluster, and then it comes behind a later SET.
  const bool expires =
      config_.isCluster && !onlyIfAbsent && isAWrite && !isScript(call) && removes(call);
  if (isScript(call)) {
    const RedisScript& script = isAWrite ? kCompareScript : kEntryScript;
    const bool asText = sendsText_[isAWrite ? 1 : 0];
    addWords(bytes, {asText ? "eval" : "evalsha", asText ? script.text : script.sha1, 1});
    keyAt = 4;
  } else {
    std::string_view name = "get";
    if (isAWrite) name = !removes(call) ? "set" : onlyIfAbsent ? "exists" : "del";
    addWords(bytes, {expires ? "expire" : name});
  }
  addKey(bytes, call.fullKey);
  if (call.has(flag::kHasExtra)) addWords(bytes, {call.extra});
  if (expires) addWords(bytes, {0});
  if (isAWrite && !removes(call)) {
    addWords(bytes, {""});
    if (onlyIfAbsent && !call.has(flag::kHasExtra)) addWords(bytes, {"nx"});
    if (call.number == kKeepsExpiry) {
      addWords(bytes, {"keepttl"});
    } else if (call.expiresAt) {
      addWords(bytes, {"exat", *call.expiresAt});
    }
  }
  return {.verb = Verb::kCommand, .key = bytes, .value = call.value, .number = keyAt};
}

Failure RedisStore::failureIn(const Request& call, const HostReply& reply) {
  Failure why = kRedisRetryPolicy.classify(reply);
  if (why.error.code == Code::kNotFound) {
    sendsText_[isWrite(call.op) ? 1 : 0] = true;
    // Told only if no time is left to send the text.
    why.error.code = Code::kUnavailable;
  }
  // A refusal of the repetition says nothing about what it repeats.
  if ((reply.failureFlags & failure::kSentAgain) != 0) why.mayBeCarriedOut = true;
  return why;
}

Result<Answer> RedisStore::answerIn(const Request& call, const HostReply& reply) {
  if (isScript(call)) sendsText_[isWrite(call.op) ? 1 : 0] = false;
  if (isWrite(call.op)) {
    const std::optional<bool> isThere = hindranceIn(call, reply);
    if (!isThere) return acknowledgement(call);
    return std::unexpected(decide(call, Current{.present = *isThere}).error());
  }
  Answer answer;
  answer.present = reply.present;
  answer.view = reply.value;
  if (isScript(call)) {
    RedisArray both(reply.value);
    answer.view = both.next().bytes;
    answer.expiresAt = secondsOf(both.next().bytes);
  }
  if (!isUtf8(answer.view)) return notText();
  if (call.op == Op::kEntry && answer.present) answer.version = versionOf(answer.view);
  return answer;
}

Task<Answer> RedisStore::patch(Operation& operation) {
  const Request& request = operation.request();
  const Failure crowded{Error{Code::kRateLimited, "others kept changing the key until the deadline",
                              "patch a key from fewer places at once"},
                        true, false};
  KeyTurns::Turn turn(patching_, request.fullKey);
  while (!turn.take(operation.nowMs(), operation.deadlineMs() + kReapAfterDeadlineMs)) {
    auto slept = co_await pause(operation, &kRedisRetryPolicy, 1, crowded);
    if (!slept) co_return std::unexpected(std::move(slept.error()));
  }
  for (int attempt = 1;; ++attempt) {
    Request one = request;
    one.op = Op::kEntry;
    one.flags = 0;
    Result<Answer> now = co_await call(operation, one, std::nullopt);
    if (!now) co_return now;
    const Current current{now->present, now->view, now->version, now->expiresAt};
    Result<Decision> decision = decide(request, current);
    if (!decision) co_return std::unexpected(std::move(decision.error()));
    if (decision->action == Decision::Action::kNothing)
      co_return answerWritten(request, std::move(*decision));
    one.op =
        decision->action == Decision::Action::kRemove ? Op::kCompareAndDelete : Op::kCompareAndSet;
    one.flags = now->present ? flag::kHasExtra : 0;
    one.extra = now->version;
    one.value = decision->value(request);
    one.expiresAt = decision->expiresAt;
    one.number = now->present && keepsExpiry(request) ? kKeepsExpiry : 0;
    Result<Answer> done = co_await call(operation, one, std::nullopt);
    if (done) co_return answerWritten(request, std::move(*decision));
    if (done.error().code != Code::kVersionMismatch) co_return done;
    // Another write came between: the patch is applied to what that left.
    operation.setWriteInDoubt(false);
    auto slept = co_await pause(operation, &kRedisRetryPolicy, attempt, crowded);
    if (!slept) co_return std::unexpected(std::move(slept.error()));
  }
}

}  // namespace kvista
