#include "tests/simulation/worlds/redis-world.h"

#include "tests/native/fakes/fake-redis-scripts.h"
#include "tests/simulation/random.h"
#include "tests/simulation/worlds/kinds.h"

namespace kvista::simulation {
namespace {

constexpr double kAfterAnyDeadlineMs = 11'000;

std::string_view nextWord(std::string_view& words) {
  const std::string_view word = words.substr(0, words.find('\0'));
  words.remove_prefix(std::min(word.size() + 1, words.size()));
  return word;
}

// A write by its first word, and whether the script of a conditional write is what is called: its
// text writes, and it has arguments behind the key.
RequestTraits describeCommand(const test::Asked& asked) {
  if (asked.verb == Verb::kNodes) return {"nodes", false};
  std::string_view rest = asked.key;
  const std::string name(nextWord(rest));
  if (name == "eval" || name == "evalsha") {
    static_cast<void>(nextWord(rest));
    static_cast<void>(nextWord(rest));
    const std::string key(nextWord(rest));
    return {"script " + key, !rest.empty()};
  }
  const bool writes = name == "set" || name == "del" || name == "expire";
  return {name + " " + std::string(nextWord(rest)) + asked.meta, writes};
}

}  // namespace

RedisWorld::RedisWorld(const Setting& setting, std::size_t masters, const std::string& config)
    : World(setting),
      servers_(std::make_shared<test::FakeRedis>([this] { return loop.nowMs(); },
                                                 test::fakeRedisScripts(), masters)) {
  Random random(hashOf({setting.seed, hashOf("redis")}));
  for (std::uint64_t i = 2 + random.below(2); i > 0; --i) {
    hosts_.push_back(std::make_unique<test::RedisHost>(loop, servers_));
    test::RedisHost& host = *hosts_.back();
    host.fate = [this](const test::Asked& asked) { return fateOf(asked); };
    host.sendsAgain = [this](const test::Asked& asked) { return sendsAgain(asked); };
    watches_.push_back(std::make_unique<Watch>(host, &describeCommand));
    drivers_.push_back(std::make_unique<test::Driver>(loop, *watches_.back(), config));
  }
  const std::size_t repeats = random.oneIn(2) ? 2 : 0;
  for (std::size_t i = 0; i < servers_->size(); ++i) {
    servers_->node(i).keys.repeatsEvery = repeats;
  }
}

test::Fate RedisWorld::fateOf(const test::Asked& asked) {
  const std::string where = describeCommand(asked).name;
  test::Fate fate{.delayMs = faults.delayMs(where), .answerDelayMs = faults.delayMs(where)};
  if (faults.strikes("refuse", where)) {
    fate.refused = test::failed(test::redis_fault::kNotConnected);
  }
  if (faults.strikes("refuse for good", where)) {
    fate.refused = test::failed("SimpleError: MISCONF Redis is configured to save RDB snapshots");
  }
  if (faults.strikes("lose the reply", where)) {
    const auto lost = test::failed(test::redis_fault::kConnectionLost);
    (faults.choose(where, 3) == 0 ? fate.refused : fate.lost) = lost;
  }
  if (faults.strikes("never answer", where)) fate.silent = true;
  if (faults.strikes("arrive after the deadline", where)) {
    fate.delayMs += kAfterAnyDeadlineMs + static_cast<double>(faults.choose(where, 8000));
  }
  return fate;
}

// A plain write that is sent again may come behind a newer one (docs/stores/redis.md, "Limits"): what is
// sent again here are reads and conditional writes.
std::optional<double> RedisWorld::sendsAgain(const test::Asked& asked) {
  const RequestTraits request = describeCommand(asked);
  if (request.writes && !request.name.starts_with("script")) return std::nullopt;
  if (!faults.strikes("send again", request.name)) return std::nullopt;
  return 1 + static_cast<double>(faults.choose(request.name, 200));
}

void RedisWorld::disturb(bool test::FakeRedisNode::* state, std::string_view kind,
                         const std::string& where) {
  if (!faults.strikes(kind, where)) return;
  const std::size_t index = faults.choose(where, servers_->size());
  const bool disturbed = !(servers_->node(index).*state);
  servers_->node(index).*state = disturbed;
  loop.after(20 + static_cast<double>(faults.choose(where, 400)),
             [this, state, index, disturbed] { servers_->node(index).*state = !disturbed; });
}

void RedisWorld::stir(const std::string& operation) {
  disturb(&test::FakeRedisNode::isUp, "server down", operation);
  disturb(&test::FakeRedisNode::isLoading, "server loading", operation);
  disturb(&test::FakeRedisNode::isReplica, "server read-only", operation);
  disturb(&test::FakeRedisNode::isFull, "out of room", operation);
  if (faults.strikes("restart", operation)) {
    servers_->restart(faults.choose(operation, servers_->size()));
  }
}

void RedisWorld::calm() {
  World::calm();
  for (std::size_t i = 0; i < servers_->size(); ++i) {
    test::FakeRedisNode& node = servers_->node(i);
    node.isUp = true;
    node.isLoading = node.isReplica = node.isFull = false;
  }
}

void RedisWorld::inspect(const std::set<std::string>& live, Problems& problems) {
  std::set<std::string> there;
  for (std::size_t i = 0; i < servers_->size(); ++i) {
    for (const std::string& key : servers_->node(i).keys.all()) there.insert(key);
  }
  if (there != live) {
    problems.push_back({"disagree", "the servers hold " + std::to_string(there.size()) +
                                        " keys, and reads find " + std::to_string(live.size())});
  }
}

const WorldKind kRedisWorld = {
    .name = "redis",
    .promises = {.hasOrderedPages = false, .clockLagMs = 1},
    .open = [](const Setting& setting) -> std::unique_ptr<World> {
      const bool isIoRedis = hashOf({setting.seed, hashOf("client")}) % 2 == 0;
      return std::make_unique<RedisWorld>(
          setting, 0, isIoRedis ? R"({"kind":"ioredis"})" : R"({"kind":"redis"})");
    },
};

}  // namespace kvista::simulation
