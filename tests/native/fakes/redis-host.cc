#include "tests/native/fakes/redis-host.h"

#include <algorithm>
#include <stdexcept>

#include "tests/native/fakes/redis-words.h"
#include "wasm/core/bytes.h"
#include "wasm/stores/redis/redis-slot.h"

namespace kvista::test {
namespace {

// As many as @redis/client follows by default.
constexpr int kMaxRedirections = 16;

Words wordsOf(const Asked& asked) {
  Words words;
  for (std::string_view rest = asked.key; !rest.empty();) {
    words.emplace_back(rest.substr(0, rest.find('\0')));
    rest.remove_prefix(words.back().size() + 1);
    if (words.back().empty()) words.back() = asked.value;
  }
  return words;
}

void pack(const Resp& reply, ByteWriter& out) {
  constexpr std::uint32_t kNil = 0xFFFF'FFFF;
  switch (reply.kind) {
    case Resp::Kind::kNil:
      out.u32(kNil);
      break;
    case Resp::Kind::kInteger:
      out.bytes(std::to_string(reply.integer));
      break;
    case Resp::Kind::kArray:
      for (const Resp& one : reply.items) pack(one, out);
      break;
    default:
      out.bytes(reply.text);
  }
}

Replied replyOf(const Resp& reply) {
  switch (reply.kind) {
    case Resp::Kind::kNil:
      return {};
    case Resp::Kind::kInteger:
      return {.present = true, .number = static_cast<double>(reply.integer)};
    case Resp::Kind::kText:
      return {.present = true, .value = reply.text};
    case Resp::Kind::kArray: {
      ByteWriter out;
      pack(reply, out);
      return {.present = true, .value = out.take()};
    }
    case Resp::Kind::kError:
      return failed("SimpleError: " + reply.text);
  }
  return {};
}

Replied notConnected(const std::string& name) {
  return failed("NotReady: not connected: connect ECONNREFUSED " + name);
}

Replied marked(Replied reply) {
  if (reply.failed) {
    reply.failureFlags |= failure::kSentAgain;
  } else {
    reply.extra = "\1";
  }
  return reply;
}

}  // namespace

RedisHost::RedisHost(Loop& loop, std::vector<FakeScript> scripts, std::size_t masters)
    : RedisHost(loop, std::make_shared<FakeRedis>([&loop] { return loop.nowMs(); },
                                                  std::move(scripts), masters)) {}

RedisHost::RedisHost(Loop& loop, std::shared_ptr<FakeRedis> servers)
    : redis(std::move(servers)), loop_(loop) {
  learn();
}

void RedisHost::learn() {
  masters_.clear();
  for (std::size_t i = 0; i < redis->size(); ++i) masters_.push_back(redis->node(i).name);
  slots_.clear();
  for (std::uint32_t slot = 0; redis->isCluster() && slot < kRedisSlots; ++slot) {
    slots_.push_back(redis->ownerOf(slot));
  }
}

Replied RedisHost::names() const {
  Replied reply{.present = true};
  if (!redis->isCluster()) return reply;
  for (const std::string& name : masters_) reply.value.append(name).push_back('\0');
  return reply;
}

bool RedisHost::isThere(const Target& target) const {
  const FakeRedisNode& node = redis->node(target.index);
  return node.isUp && node.name == target.name && node.runId == target.runId;
}

std::optional<RedisHost::Target> RedisHost::targetOf(const Asked& asked, const Words& words,
                                                     Replied& thrown) {
  std::size_t index = 0;
  if (!asked.meta.empty()) {
    const auto found = std::ranges::find(masters_, asked.meta);
    if (found == masters_.end()) {
      thrown = failed("Error: " + asked.meta + " is no longer a master");
      return std::nullopt;
    }
    index = static_cast<std::size_t>(found - masters_.begin());
  } else if (redis->isCluster()) {
    index = slots_[redisSlotOf(words.at(static_cast<std::size_t>(asked.number) - 1))];
  }
  const FakeRedisNode& node = redis->node(index);
  // A server that was replaced is at an address where the client does not look yet. One that was
  // restarted is connected to anew.
  if (!node.isUp || (redis->isCluster() && node.name != masters_[index])) {
    thrown = notConnected(masters_[index]);
    learn();
    return std::nullopt;
  }
  return Target{index, node.name, node.runId};
}

Replied RedisHost::carryOut(Target& target, const Words& words, bool follows) {
  bool isAsking = false;
  for (int hops = 0;; ++hops) {
    if (!isThere(target)) {
      learn();
      return hops == 0 ? failed(redis_fault::kConnectionLost) : notConnected(target.name);
    }
    const Resp reply = redis->ask(target.index, words, isAsking);
    isAsking = reply.isError() && reply.text.starts_with("ASK ");
    const bool isElsewhere = reply.isError() && (isAsking || reply.text.starts_with("MOVED "));
    if (!isElsewhere || !follows || hops == kMaxRedirections) return replyOf(reply);
    if (!isAsking) learn();
    const std::string name = reply.text.substr(reply.text.rfind(' ') + 1);
    for (std::size_t i = 0; i < redis->size(); ++i) {
      if (redis->node(i).name == name) target = {i, name, redis->node(i).runId};
    }
  }
}

// One way to the server and back.
void RedisHost::send(const Asked& asked, bool isAgain, const std::function<void(Replied)>& done) {
  const Fate decided = fate && !isAgain ? fate(asked) : Fate{};
  const std::optional<double> again =
      sendsAgain && !isAgain ? sendsAgain(asked) : std::optional<double>();
  if (decided.silent) return;
  const Words words = wordsOf(asked);
  static constexpr std::string_view kBasic[] = {"get", "set", "del", "scan"};
  if (isBasic && std::ranges::find(kBasic, words.at(0)) == std::end(kBasic)) {
    throw std::logic_error("the store asked an object for " + words.at(0));
  }
  Replied thrown;
  const std::optional<Target> target = targetOf(asked, words, thrown);
  if (!target) {
    loop_.after(decided.delayMs, [done, thrown] { done(thrown); });
    return;
  }
  loop_.after(decided.delayMs, [this, asked, words, decided, again, done, sentTo = *target] {
    Target target = sentTo;
    const bool follows = followsRedirections && asked.meta.empty();
    Replied reply = decided.refused ? *decided.refused : carryOut(target, words, follows);
    if (decided.lost) reply = *decided.lost;
    if (again) {
      loop_.after(*again, [this, asked, done] {
        send(asked, true, [done](Replied later) { done(marked(std::move(later))); });
      });
      return;
    }
    loop_.after(decided.answerDelayMs, [this, done, target, reply = std::move(reply)] {
      // Its server may have gone meanwhile, and the connection with it.
      done(reply.failed || isThere(target) ? reply : failed(redis_fault::kConnectionLost));
    });
  });
}

std::optional<Replies> RedisHost::perform(std::uint64_t /*operation*/, const Step& step,
                                          std::function<void(Replies)> later) {
  const auto gathered = gather(step.size(), std::move(later));
  for (std::size_t i = 0; i < step.size(); ++i) {
    const auto done = [gathered, i](Replied reply) { gathered(i, std::move(reply)); };
    if (step[i].verb == Verb::kNodes) {
      loop_.after(0, [this, done] { done(names()); });
    } else if (step[i].verb == Verb::kCommand) {
      send(step[i], false, done);
    } else {
      throw std::logic_error("a client of Redis cannot do verb " +
                             std::to_string(static_cast<int>(step[i].verb)));
    }
  }
  return std::nullopt;
}

}  // namespace kvista::test
