#include "tests/native/steps/redis-steps.h"

#include <algorithm>
#include <set>

#include <catch2/catch_test_macros.hpp>

#include "tests/native/fakes/fake-redis-scripts.h"
#include "tests/native/support/sha1-hex.h"
#include "wasm/stores/redis/redis-command.h"
#include "wasm/stores/redis/redis-slot.h"

namespace kvista::test {
namespace {

// Which word is the key that routes a command; 0: none.
double keyAt(const Words& words) {
  const auto keys = FakeRedisNode::keysOf(words);
  if (keys.empty()) return 0;
  return words[0].starts_with("eval") ? 4 : 2;
}

std::vector<std::optional<std::string>> textsOf(const std::string& packed) {
  std::vector<std::optional<std::string>> texts;
  for (RedisArray array(packed); !array.atEnd();) {
    const RedisArray::Text one = array.next();
    texts.push_back(one.isNil ? std::nullopt : std::optional(std::string(one.bytes)));
  }
  return texts;
}

std::string processIn(const std::string& info) {
  const std::size_t at = info.find("run_id:");
  REQUIRE(at != std::string::npos);
  return info.substr(at, info.find('\r', at) - at);
}

}  // namespace

RedisSteps::RedisSteps(const Json& suite, bool isCluster)
    : host(loop, fakeRedisScripts(), isCluster ? 3 : 0), scripts_(suite["scripts"]) {}

Words RedisSteps::wordsOf(const Json& words) const {
  Words out;
  for (const Json& word : words) {
    if (word.is_object() && word.contains("script")) {
      out.push_back(scripts_[word["script"].get<std::string>()].get<std::string>());
    } else if (word.is_object() && word.contains("sha1")) {
      out.push_back(sha1Hex(scripts_[word["sha1"].get<std::string>()].get<std::string>()));
    } else if (word.is_object() && word.contains("versionOf")) {
      out.push_back(expandVersion(word, names_));
    } else if (word.is_object() && word.contains("value")) {
      out.push_back(expand(word["value"], names_).utf8);
    } else {
      out.push_back(expand(word, names_).utf8);
    }
  }
  return out;
}

Replied RedisSteps::askOne(const Asked& asked) {
  std::optional<Replied> got;
  const auto now = host.perform(1, {asked}, [&](Replies replies) { got = replies.at(0); });
  if (now) got = now->at(0);
  REQUIRE(loop.runUntil([&] { return got.has_value(); }));
  return *got;
}

Replied RedisSteps::ask(const Words& words, const std::string& of) {
  Asked asked{.verb = Verb::kCommand, .number = keyAt(words)};
  // A word that is empty stands for the request's value; a large one is given as that too.
  for (const std::string& word : words) {
    const bool isValue = word.empty() || word.size() > 1000;
    if (isValue) asked.value = word;
    asked.key.append(isValue ? "" : word).push_back('\0');
  }
  if (!of.empty()) asked.meta = host.redis->node(host.redis->ownerOf(redisSlotOf(of))).name;
  return askOne(asked);
}

void RedisSteps::become(const std::string& state) {
  FakeRedisNode& node = host.redis->node(0);
  node.isFull = state == "full";
  node.isReplica = state == "replica";
  if (state == "restarted") host.redis->restart(0);
}

void RedisSteps::checkText(const Json& gives, const std::string& value) const {
  if (gives.is_object() && gives.contains("holds")) {
    CHECK(value.find(gives["holds"].get<std::string>()) != std::string::npos);
    return;
  }
  CHECK((value == expand(gives, names_).utf8));
}

void RedisSteps::check(const Json& step, const Replied& reply) {
  INFO("it said: " << reply.value.substr(0, 200) << ", " << reply.number);
  REQUIRE(reply.failed == step.contains("fails"));
  if (reply.failed) {
    const Json& fails = step["fails"];
    const Json parts = fails.is_array() ? fails : Json::array({fails});
    CHECK(std::ranges::any_of(parts, [&](const Json& part) {
      return reply.value.find(part.get<std::string>()) != std::string::npos;
    }));
    return;
  }
  if (step.contains("as")) names_.captured[step["as"]] = processIn(reply.value);
  if (step.contains("differs")) CHECK(processIn(reply.value) != names_.captured[step["differs"]]);
  if (!step.contains("gives")) return;
  const Json& gives = step["gives"];
  REQUIRE(reply.present == !gives.is_null());
  if (gives.is_number()) {
    CHECK(reply.number == gives.get<double>());
  } else if (gives.is_array()) {
    const auto texts = textsOf(reply.value);
    REQUIRE(texts.size() == gives.size());
    for (std::size_t i = 0; i < texts.size(); ++i) {
      REQUIRE(texts[i].has_value() == !gives[i].is_null());
      if (texts[i]) checkText(gives[i], *texts[i]);
    }
  } else if (gives.is_object() && gives.contains("from")) {
    CHECK(reply.number >= gives["from"].get<double>());
    CHECK(reply.number <= gives["to"].get<double>());
  } else if (!gives.is_null()) {
    checkText(gives, reply.value);
  }
}

void RedisSteps::scan(const Json& step) {
  std::set<std::string> keys;
  std::string cursor = "0";
  do {
    Words words{"scan", cursor};
    for (const std::string& word : wordsOf(step["scan"])) words.push_back(word);
    const Replied reply = ask(words, step.value("of", ""));
    REQUIRE_FALSE(reply.failed);
    const auto texts = textsOf(reply.value);
    cursor = texts.at(0).value();
    for (std::size_t i = 1; i < texts.size(); ++i) keys.insert(texts[i].value());
  } while (cursor != "0");
  if (step.contains("counts")) CHECK(keys.size() == step["counts"].get<std::size_t>());
  if (!step.contains("gives")) return;
  std::set<std::string> expected;
  for (const Text& key : expandKeys(step["gives"], names_)) expected.insert(key.utf8);
  CHECK(keys == expected);
}

void RedisSteps::step(const Json& step) {
  const auto slotIn = [&](const char* member) {
    return redisSlotOf(step[member].get<std::string>());
  };
  FakeRedis& redis = *host.redis;
  if (step.contains("ask")) {
    check(step, ask(wordsOf(step["ask"]), step.value("of", "")));
  } else if (step.contains("scan")) {
    scan(step);
  } else if (step.contains("fill")) {
    for (const Text& key : expandKeys(step["fill"], names_)) {
      REQUIRE_FALSE(ask({"set", key.utf8, "1"}).failed);
    }
  } else if (step.contains("wait")) {
    loop.advance(step["wait"].get<double>());
  } else if (step.contains("become")) {
    become(step["become"]);
  } else if (step.contains("nodes")) {
    const std::string names = askOne({.verb = Verb::kNodes}).value;
    CHECK(static_cast<std::size_t>(std::ranges::count(names, '\0')) ==
          step["nodes"].get<std::size_t>());
  } else if (step.contains("move")) {
    redis.beginMove(slotIn("move"), (redis.ownerOf(slotIn("move")) + 1) % redis.size());
  } else if (step.contains("carry")) {
    redis.moveKey(step["carry"]);
  } else {
    REQUIRE(step.contains("settle"));
    redis.endMove(slotIn("settle"));
  }
}

}  // namespace kvista::test
