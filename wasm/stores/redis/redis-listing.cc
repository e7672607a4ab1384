// Listings over Redis. SCAN gives every key that lives throughout it, but its cursor means
// something to one server process only, and a key that moves to a server which was scanned already
// is missed.
//
// So a listing is tied to the signature of the topology that it began with. A page's cursor names
// it, and under another one the listing starts again. A listing that ends under another one, or
// while slots are on the move, is made a second time and gives both: a key that moves once is
// missed by one of them at most.
#include <algorithm>
#include <cstring>

#include "wasm/contract/key.h"
#include "wasm/contract/limits.h"
#include "wasm/core/joined.h"
#include "wasm/stores/redis/redis-command.h"
#include "wasm/stores/redis/redis-failures.h"
#include "wasm/stores/redis/redis-slot.h"
#include "wasm/stores/redis/redis-store.h"

namespace kvista {
namespace {

// Keys that the server looks at in one step: it serves nobody else meanwhile (0.2 to 0.5 ms).
constexpr double kKeysPerStep = 1000;

// What stands behind `name`, to the end of its line.
std::string_view after(std::string_view text, std::string_view name) {
  const std::size_t at = text.find(name);
  if (at == std::string_view::npos) return {};
  text.remove_prefix(at + name.size());
  return text.substr(0, text.find_first_of("\r\n"));
}

// How many slots stand in a list of numbers and ranges, up to those on the move: `[7->-id]`.
std::uint32_t slotsIn(std::string_view list) {
  std::uint32_t count = 0;
  std::uint32_t number = 0;
  std::uint32_t first = 0;
  bool isRange = false;
  char before = ' ';
  for (const char c : list) {
    if (c == '[') break;
    if (c >= '0' && c <= '9') {
      number = 10 * number + static_cast<std::uint32_t>(c - '0');
    } else {
      // The end of a number: of a range's first, or of what counts.
      if (c == '-') first = number;
      if (c != '-' && before != ' ') count += isRange ? number - first + 1 : 1;
      isRange = c == '-';
      number = 0;
    }
    before = c;
  }
  return count;
}

// It becomes a word of a command, which nothing but digits may.
bool isScanCursor(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

// The pattern of the keys that begin with `listed`.
std::string patternFor(std::string_view listed) {
  // Of a pattern these mean something else than themselves.
  std::string pattern;
  for (const char c : listed) {
    if (std::string_view("\\*?[]").find(c) != std::string_view::npos) pattern.push_back('\\');
    pattern.push_back(c);
  }
  pattern.push_back('*');
  return pattern;
}

// Adds what is left of SCAN's reply to the answer, without the first `hidden` bytes of each key.
void takeKeys(RedisArray& texts, std::string_view listed, std::size_t hidden,
              std::string_view nameSpace, Answer& answer) {
  while (!texts.atEnd()) {
    const std::string_view key = texts.next().bytes;
    // What another program named as no caller could is not ours to show.
    if (key.starts_with(listed) && checkKey(nameSpace, key.substr(hidden), true)) {
      addKey(answer, key.substr(hidden));
    }
  }
}

}  // namespace

// Where a listing goes on. In a cursor it stands as it is, little-endian, with SCAN's cursor
// behind.
struct RedisStore::Position {
  double signature = 0;
  std::uint32_t pass = 0;
  std::uint32_t node = 0;
};

Task<Answer> RedisStore::survey(Operation& operation) {
  for (int attempt = 1;; ++attempt) {
    Answer topology;
    topology.keys.push_back('\0');
    if (config_.isCluster) {
      const HostRequest ask{.verb = Verb::kNodes};
      Result<HostReply> reply = co_await performRead(operation, ask, &kRedisRetryPolicy);
      if (!reply) co_return std::unexpected(std::move(reply.error()));
      topology.keys = reply->value;
    }
    std::string probe;
    addWords(probe, {"exists"});
    addKey(probe, joined({static_cast<std::int64_t>(operation.random() * 1e9)}));
    std::vector<HostRequest> asks;
    for (std::string_view rest = topology.keys; !rest.empty(); ++topology.keyCount) {
      const std::string_view node = takeName(rest);
      if (!isBasic()) asks.push_back(commandFor(node, {"info\0server\0", 12}));
      if (config_.isCluster) asks.push_back(commandFor(node, {"cluster\0nodes\0", 14}));
    }
    // A client learns where slots are when a key is not where it thought.
    if (attempt > 1) asks.push_back({.verb = Verb::kCommand, .key = probe, .number = 2});
    std::string identity;
    std::uint32_t slots = 0;
    std::optional<Failure> why;
    for (const HostReply& reply : co_await operation.perform(asks)) {
      // A user that may not ask for INFO does without noticing a restart.
      if (reply.failed && !(mentions(reply.value, "NOPERM") && mentions(reply.value, "'info'"))) {
        why = kRedisRetryPolicy.classify(reply);
      }
      identity += after(reply.value, "run_id:");
      const std::string_view served = after(after(reply.value, "myself,master"), " connected");
      identity += served;
      slots += slotsIn(joined({served, " "}));
      if (served.find('[') != std::string_view::npos) topology.present = true;
    }
    // What a double holds.
    topology.number = static_cast<double>(fnv1a(identity) >> 12);
    if (!why && config_.isCluster && slots != kRedisSlots) {
      why = Failure{Error{Code::kUnavailable,
                          joined({"the masters that the client knows serve ", slots, " of ",
                                  kRedisSlots, " slots"}),
                          "a failover may be under way: see redis-cli cluster info"},
                    true, false};
    }
    if (!why) co_return topology;
    auto slept = co_await pause(operation, &kRedisRetryPolicy, attempt, std::move(*why));
    if (!slept) co_return std::unexpected(std::move(slept.error()));
  }
}

Result<std::string> RedisStore::scanCursorOf(const Request& request, const Listing& listing,
                                             Position& at) {
  if (request.op != Op::kPage || !request.has(flag::kHasExtra)) return std::string();
  Result<std::string> cursor = decodeCursor(listing, request.extra);
  if (!cursor) return cursor;
  if (cursor->size() > sizeof at) {
    std::memcpy(&at, cursor->data(), sizeof at);
    cursor->erase(0, sizeof at);
  }
  if (!isScanCursor(*cursor)) return malformedCursor();
  return cursor;
}

Task<Answer> RedisStore::list(Operation& operation) {
  const Request& request = operation.request();
  const bool isPage = request.op == Op::kPage;
  const Listing listing = listingOf(config_.kind, request);
  Position at;
  Result<std::string> began = scanCursorOf(request, listing, at);
  if (!began) co_return std::unexpected(std::move(began.error()));
  std::string cursor = std::move(*began);
  const std::string listed = joined({config_.keyPrefix, request.fullKey});
  const std::size_t hidden = config_.keyPrefix.size() + request.nameSpace.size();
  const std::string pattern = patternFor(listed);
  Answer answer;
  Answer topology;
  double step = isPage ? request.number : kKeysPerStep;
  bool looks = true;
  for (int failures = 1;;) {
    if (looks) {
      looks = false;
      const bool isAtEnd = topology.keyCount > 0 && at.node >= topology.keyCount;
      const bool wasChanging = topology.present;
      Result<Answer> now = co_await survey(operation);
      if (!now) co_return now;
      topology = std::move(*now);
      const bool isSame = topology.number == at.signature;
      if (isAtEnd && (at.pass > 0 || (isSame && !wasChanging && !topology.present))) break;
      if (isAtEnd || !isSame || at.node >= topology.keyCount) {
        at = {topology.number, isAtEnd ? 1 : at.pass, 0};
        cursor = "0";
      }
      if (isPage && answer.keyCount > 0) {
        std::string payload(reinterpret_cast<const char*>(&at), sizeof at);
        answer.cursor = encodeCursor(listing, payload + cursor);
        break;
      }
    }
    std::string scan;
    addWords(scan, {"scan", cursor, "match", pattern, "count", static_cast<std::uint32_t>(step)});
    std::string_view names = topology.keys;
    for (std::uint32_t i = 0; i < at.node; ++i) (void)takeName(names);
    const HostRequest ask = commandFor(takeName(names), scan);
    const HostReply& reply = (co_await operation.perform(ask)).front();
    if (reply.failed) {
      looks = true;
      auto slept = co_await pause(operation, &kRedisRetryPolicy, failures++,
                                  kRedisRetryPolicy.classify(reply));
      if (!slept) co_return std::unexpected(std::move(slept.error()));
      continue;
    }
    if (!answer.reservation.grow(operation.budget(), 2 * reply.value.size())) {
      co_return tooMuchAtOnce(2 * reply.value.size(), operation.budget());
    }
    RedisArray texts(reply.value);
    cursor = texts.next().bytes;
    if (!isScanCursor(cursor)) {
      co_return fail(Code::kCorrupt, "the answer to SCAN has no cursor",
                     "see what answers in Redis's place, such as a proxy");
    }
    takeKeys(texts, listed, hidden, request.nameSpace, answer);
    // As many again may have come twice.
    if (!isPage && answer.keyCount > 2 * kMaxListedKeys) sortAnswer(answer);
    if (answer.keyCount > (isPage ? 2 : 1) * 2 * kMaxListedKeys) co_return tooManyKeys();
    step = std::min(kKeysPerStep, 2 * step);
    if (cursor == "0") looks = ++at.node >= topology.keyCount;
    if (isPage && answer.keyCount > 0) looks = true;
  }
  sortAnswer(answer);
  if (answer.keyCount > kMaxListedKeys) co_return tooManyKeys();
  co_return answer;
}

}  // namespace kvista
