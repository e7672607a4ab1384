// The fake Redis passes the suite of real servers (tests/conformance/host-redis.json), and does
// what cannot be asked of them at will.
#include <algorithm>

#include <catch2/catch_test_macros.hpp>

#include "tests/native/fakes/fake-redis-scripts.h"
#include "tests/native/steps/redis-steps.h"
#include "wasm/stores/redis/redis-scripts.h"
#include "wasm/stores/redis/redis-slot.h"

using namespace kvista;
using namespace kvista::test;

namespace {

const Json& suite() {
  static const Json read = readConformanceFile("host-redis.json");
  return read;
}

Replied valueOf(std::string text) { return {.present = true, .value = std::move(text)}; }

}  // namespace

TEST_CASE("The scripts of the Redis host suite are the core's") {
  CHECK(suite()["scripts"]["entry"] == std::string(kEntryScript.text));
  CHECK(suite()["scripts"]["compare"] == std::string(kCompareScript.text));
}

TEST_CASE("The fake Redis passes the host suite of real servers") {
  REQUIRE(suite()["cases"].size() > 30);
  for (const Json& one : suite()["cases"]) {
    INFO(one["name"].get<std::string>());
    RedisSteps steps(suite(), one.value("cluster", false));
    for (const Json& step : one["steps"]) {
      INFO(step.dump(-1, ' ', true).substr(0, 200));
      steps.step(step);
    }
  }
}

TEST_CASE("A scan of the fake Redis misses no key while the table grows and shrinks") {
  for (const int rounds : {1, 3, 9, 10}) {
    RedisSteps steps(suite(), false);
    RedisKeyspace& keys = steps.host.redis->node(0).keys;
    keys.repeatsEvery = 2;
    const auto fill = [&](int from, int to) {
      for (int i = from; i < to; ++i) keys.put("k" + std::to_string(i), {.text = "1"});
    };
    fill(0, 1000);
    std::map<std::string, int> times;
    std::uint64_t cursor = 0;
    const auto scan = [&] {
      std::vector<std::string> found;
      cursor = keys.scan(cursor, 50, found);
      for (const std::string& key : found) ++times[key];
    };
    for (int i = 0; i < rounds; ++i) scan();
    if (rounds % 2 == 0) fill(1000, 9000);
    for (int i = 20; i < 9000; ++i) keys.erase("k" + std::to_string(i));
    do scan();
    while (cursor != 0);
    for (int i = 0; i < 20; ++i) CHECK(times["k" + std::to_string(i)] >= 1);
    CHECK(std::ranges::any_of(times, [](const auto& one) { return one.second > 1; }));
  }
}

TEST_CASE("A server that is gone refuses, and loses what was under way") {
  RedisSteps steps(suite(), false);
  steps.host.fate = [&](const Asked&) { return Fate{.delayMs = 10, .answerDelayMs = 10}; };
  FakeRedisNode& node = steps.host.redis->node(0);
  steps.loop.after(5, [&] { node.isUp = false; });
  CHECK(steps.ask({"set", "a", "1"}).value == redis_fault::kConnectionLost);
  CHECK(steps.ask({"set", "a", "1"}).value == redis_fault::kNotConnected);
  steps.host.redis->restart(0);
  CHECK_FALSE(steps.ask({"get", "a"}).present);
  // Carried out, and gone before it could answer.
  steps.loop.after(15, [&] { steps.host.redis->restart(0); });
  CHECK(steps.ask({"set", "a", "1"}).value == redis_fault::kConnectionLost);
  CHECK(steps.ask({"get", "a"}).value == "1");
}

TEST_CASE("A client that sends a command again says so, and it is carried out twice") {
  RedisSteps steps(suite(), false);
  steps.host.sendsAgain = [](const Asked&) { return std::optional(20.0); };
  const Replied repeated = steps.ask({"set", "a", "1", "nx"});
  CHECK_FALSE(repeated.present);
  CHECK_FALSE(repeated.extra.empty());
  const Replied refused = steps.ask({"get"});
  CHECK(refused.failureFlags == failure::kSentAgain);
  // Of the first time nothing arrived.
  steps.host.fate = [](const Asked&) { return Fate{.refused = valueOf("never seen")}; };
  const Replied once = steps.ask({"set", "b", "1", "nx"});
  CHECK(once.value == "OK");
  CHECK_FALSE(once.extra.empty());
}

TEST_CASE("A master that is replaced is found when the client looks again, with all its data") {
  RedisSteps steps(suite(), true);
  FakeRedis& redis = *steps.host.redis;
  const std::size_t owner = redis.ownerOf(redisSlotOf("a"));
  const std::string before = redis.node(owner).name;
  REQUIRE_FALSE(steps.ask({"set", "a", "1"}).failed);
  redis.promote(owner);
  CHECK(steps.ask({"get", "a"}).value == "NotReady: not connected: connect ECONNREFUSED " + before);
  CHECK(steps.ask({"get", "a"}).value == "1");
}

TEST_CASE("A replica that lagged behind lacks the last writes, and those alone") {
  RedisSteps steps(suite(), true);
  FakeRedis& redis = *steps.host.redis;
  const std::size_t owner = redis.ownerOf(redisSlotOf("a"));
  redis.node(owner).keys.undoableMs = 1000;
  REQUIRE_FALSE(steps.ask({"set", "a", "1"}).failed);
  REQUIRE_FALSE(steps.ask({"set", "{a}2", "1"}).failed);
  steps.loop.advance(600);
  REQUIRE_FALSE(steps.ask({"set", "a", "2"}).failed);
  REQUIRE_FALSE(steps.ask({"set", "{a}3", "3"}).failed);
  REQUIRE_FALSE(steps.ask({"del", "{a}2"}).failed);
  redis.promote(owner, 500);
  CHECK(steps.ask({"get", "a"}).failed);
  CHECK(steps.ask({"get", "a"}).value == "1");
  CHECK(steps.ask({"get", "{a}2"}).value == "1");
  CHECK_FALSE(steps.ask({"get", "{a}3"}).present);
}

TEST_CASE("A cluster that is down serves no key, and a master that is new is learned of by MOVED") {
  RedisSteps steps(suite(), true);
  FakeRedis& redis = *steps.host.redis;
  redis.isDown = true;
  CHECK(steps.ask({"get", "a"}).value == "SimpleError: CLUSTERDOWN The cluster is down");
  redis.isDown = false;
  REQUIRE_FALSE(steps.ask({"set", "a", "1"}).failed);
  redis.beginMove(redisSlotOf("a"), redis.addMaster());
  redis.endMove(redisSlotOf("a"));
  steps.step({{"nodes", 3}});
  CHECK(steps.ask({"get", "a"}).value == "1");
  steps.step({{"nodes", 4}});
}

TEST_CASE("What a server says while it cannot serve is what Redis says") {
  RedisSteps steps(suite(), false);
  FakeRedisNode& node = steps.host.redis->node(0);
  const auto told = [&](bool FakeRedisNode::* state, const Words& words) {
    node.*state = true;
    const Replied reply = steps.ask(words);
    node.*state = false;
    return reply.failed ? reply.value.substr(13, reply.value.find(' ', 13) - 13) : "";
  };
  CHECK(told(&FakeRedisNode::isLoading, {"get", "a"}) == "LOADING");
  CHECK(told(&FakeRedisNode::isLoading, {"info"}).empty());
  CHECK(told(&FakeRedisNode::isBusy, {"get", "a"}) == "BUSY");
  CHECK(told(&FakeRedisNode::cannotSave, {"set", "a", "1"}) == "MISCONF");
  CHECK(told(&FakeRedisNode::cannotSave, {"get", "a"}).empty());
}

TEST_CASE("An older server gives the moment of an expiry by the script's other way") {
  RedisSteps steps(suite(), false);
  steps.host.redis->node(0).hasPexpiretime = false;
  const std::string script(kEntryScript.text);
  REQUIRE_FALSE(steps.ask({"set", "a", "1", "exat", "1800001000"}).failed);
  REQUIRE_FALSE(steps.ask({"set", "b", "1"}).failed);
  // Two milliseconds early, which rounding up to seconds makes good.
  CHECK(steps.ask({"eval", script, "1", "a"}).value.ends_with("1800000999998"));
  CHECK(steps.ask({"eval", script, "1", "b"}).value.ends_with("-1"));
  CHECK(steps.ask({"pexpiretime", "a"}).failed);
}
