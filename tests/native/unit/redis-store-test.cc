// The Redis store's commands, and what it makes of replies, over a host that plays a server.
#include <catch2/catch_test_macros.hpp>

#include "tests/native/support/driver.h"
#include "tests/native/support/sha1-hex.h"
#include "wasm/contract/version.h"
#include "wasm/core/bytes.h"
#include "wasm/stores/redis/redis-scripts.h"
#include "wasm/stores/redis/redis-slot.h"

using namespace kvista;
using namespace kvista::test;

namespace {

// "word word …": the words of a command, its value in its place.
std::string spoken(const Asked& asked) {
  if (asked.verb == Verb::kNodes) return "nodes";
  std::string words;
  for (std::size_t at = 0; at < asked.key.size();) {
    const std::size_t end = asked.key.find('\0', at);
    if (!words.empty()) words += ' ';
    words += end == at ? asked.value : asked.key.substr(at, end - at);
    at = end + 1;
  }
  return words;
}

Replied text(std::string value) { return {.present = true, .value = std::move(value)}; }
Replied number(double value) { return {.present = true, .number = value}; }
Replied nil() { return {}; }
Replied array(const std::vector<std::string>& texts) {
  ByteWriter out;
  for (const std::string& one : texts) out.bytes(one);
  return text(out.take());
}

// A store of which each command is answered by what the test says.
struct World {
  explicit World(std::function<Replied(const std::string&)> answer,
                 std::string_view config = R"({"kind":"redis"})")
      : host([this, answer = std::move(answer)](const Asked& asked) {
          if (asked.verb == Verb::kSleep) return Replied{};
          said.push_back(spoken(asked));
          if (asked.verb == Verb::kCommand) keysAt.push_back(asked.number);
          return answer(said.back());
        }),
        driver(loop, host, config) {}

  std::vector<std::string> said{};
  std::vector<double> keysAt{};
  Loop loop{};
  FunctionHost host;
  Driver driver;
};

using Said = std::vector<std::string>;

}  // namespace

TEST_CASE("A script is named by the SHA-1 of its text") {
  for (const RedisScript& script : {kEntryScript, kCompareScript}) {
    CHECK(script.sha1 == sha1Hex(script.text));
  }
}

TEST_CASE("A key lies in the slot of its hash tag, if it has one that is not empty") {
  // redis-cli cluster keyslot
  CHECK(redisSlotOf("123456789") == 12739);
  CHECK(redisSlotOf("foo") == 12182);
  CHECK(redisSlotOf("{foo}bar") == redisSlotOf("foo"));
  CHECK(redisSlotOf("a{foo}{bar}") == redisSlotOf("foo"));
  CHECK(redisSlotOf("{}foo") != redisSlotOf("foo"));
  CHECK(redisSlotOf("foo{bar") != redisSlotOf("bar"));
}

TEST_CASE("Each operation on one key is one command of Redis") {
  World world(
      [](const std::string& command) { return command.starts_with("get") ? nil() : text("OK"); });
  REQUIRE(world.driver.run(get("a")).ok());
  REQUIRE(world.driver.run(set("a", "1")).ok());
  Call until = set("a", "2");
  until.expiryKind = ExpiryKind::kAt;
  until.expiry = 4'102'444'800;
  REQUIRE(world.driver.run(until).ok());
  until.expiry = 1;
  REQUIRE(world.driver.run(until).ok());
  REQUIRE(world.driver.run(deleteKey("a")).ok());
  REQUIRE(world.driver.run(compareAndSet("a", std::nullopt, "3")).ok());
  CHECK(world.said ==
        Said{"get a", "set a 1", "set a 2 exat 4102444800", "del a", "del a", "set a 3 nx"});
  CHECK(world.keysAt == std::vector<double>(6, 2));
}

TEST_CASE("A conditional write is a script that is sent by its name, and by its text if need be") {
  bool isKnown = false;
  World world([&](const std::string& command) {
    if (command.starts_with("evalsha") && !isKnown) return failed("ReplyError: NOSCRIPT No script");
    isKnown = true;
    return number(2);
  });
  const std::string version = versionOf("old");
  REQUIRE(world.driver.run(compareAndSet("a", version, "new")).ok());
  REQUIRE(world.driver.run(compareAndSet("a", version, "new")).ok());
  const std::string tail = " 1 a " + version + " new";
  CHECK(world.said == Said{"evalsha " + std::string(kCompareScript.sha1) + tail,
                           "eval " + std::string(kCompareScript.text) + tail,
                           "evalsha " + std::string(kCompareScript.sha1) + tail});
}

TEST_CASE("What a script found in the way of a write is a version mismatch") {
  for (const double found : {0.0, 1.0}) {
    World world([&](const std::string&) { return number(found); });
    const Told told = world.driver.run(compareAndSet("a", versionOf("x"), "1"));
    CHECK(told.code() == Code::kVersionMismatch);
    CHECK((told.error->message.find("absent") != std::string::npos) == (found == 0));
  }
}

TEST_CASE("A mismatch after a command that may have been sent twice is settled by reading") {
  for (const bool isOurs : {true, false}) {
    World world([&](const std::string& command) {
      if (command.find(kEntryScript.sha1) != std::string::npos) {
        return array({isOurs ? "new" : "another", "-1"});
      }
      Replied reply = number(1);
      reply.extra = "again";
      return reply;
    });
    const Told told = world.driver.run(compareAndSet("a", versionOf("old"), "new"));
    if (isOurs) CHECK(told.ok());
    if (!isOurs) CHECK(told.code() == Code::kOutcomeUnknown);
  }
}

TEST_CASE("A script that the server does not know is no absent key, whatever time is left") {
  World world([](const std::string& command) {
    return command.starts_with("evalsha") ? failed("ReplyError: NOSCRIPT No script") : number(2);
  });
  Call call = compareAndSet("a", versionOf("old"), "new");
  call.deadlineMs = 1;
  CHECK(world.driver.run(call).code() == Code::kUnavailable);
}

TEST_CASE("A refused repetition by the client says nothing about what it repeated") {
  // The server was started again: the write is in its file, the script it does not know any more.
  World world([&](const std::string& command) {
    if (command.find(kEntryScript.sha1) != std::string::npos) return array({"new", "-1"});
    if (command.find(kEntryScript.text) != std::string::npos) return array({"new", "-1"});
    return failed("ReplyError: NOSCRIPT No matching script", failure::kSentAgain);
  });
  CHECK(world.driver.run(compareAndSet("a", versionOf("old"), "new")).ok());
}

TEST_CASE("What Redis or its client says has a code, and writes are repeated only if refused") {
  struct Said {
    const char* message;
    Code code;
    bool isRepeated;
  };
  for (const Said& said : {
           Said{"Error: WRONGTYPE Operation against a key", Code::kCorrupt, false},
           Said{"Error: NOAUTH Authentication required.", Code::kUnavailable, false},
           Said{"Error: WRONGPASS invalid username-password pair", Code::kUnavailable, false},
           Said{"Error: NOPERM this user has no permissions", Code::kUnavailable, false},
           Said{"Error: OOM command not allowed when used memory", Code::kOutOfMemory, false},
           Said{"Error: READONLY You can't write against a read only", Code::kUnavailable, true},
           Said{"Error: LOADING Redis is loading the dataset", Code::kUnavailable, true},
           Said{"Error: MASTERDOWN Link with MASTER is down", Code::kUnavailable, true},
           Said{"Error: BUSY Redis is busy running a script", Code::kUnavailable, true},
           Said{"Error: MISCONF Redis is configured to save", Code::kUnavailable, false},
           Said{"Error: CLUSTERDOWN The cluster is down", Code::kUnavailable, true},
           Said{"Error: MOVED 1 127.0.0.1:1", Code::kUnavailable, true},
           Said{"Error: TRYAGAIN Multiple keys request", Code::kUnavailable, true},
           Said{"Error: ERR syntax error", Code::kUnsupported, false},
           Said{"NotReady: not connected: connect ECONNREFUSED ::1:6379", Code::kUnavailable, true},
           Said{"NotReady: not connected: self-signed certificate in certificate chain",
                Code::kUnavailable, true},
           Said{"ClientClosedError: The client is closed", Code::kUnavailable, false},
           Said{"Error: The queue is full", Code::kRateLimited, true},
       }) {
    INFO(said.message);
    World world([&](const std::string&) { return failed(said.message); });
    const Told told = world.driver.run(set("a", "1"));
    CHECK(told.code() == said.code);
    CHECK_FALSE(told.error->hint.empty());
    CHECK((world.said.size() > 1) == said.isRepeated);
  }
  World world([](const std::string&) { return failed("Error: Socket closed unexpectedly"); });
  CHECK(world.driver.run(set("a", "1")).code() == Code::kOutcomeUnknown);
}

TEST_CASE("A hint names the command that an ACL user lacks") {
  const auto hintOf = [](const char* message) {
    World world([&](const std::string&) { return failed(message); });
    return world.driver.run(get("a")).error->hint;
  };
  CHECK(hintOf("ReplyError: NOPERM this user has no permissions to run the 'evalsha' command")
            .starts_with("allow the ACL user +evalsha:"));
  CHECK(hintOf("Error: NOPERM User app has no permissions to run the 'cluster|nodes' command")
            .starts_with("allow the ACL user +cluster|nodes:"));
  CHECK(hintOf("Error: NOPERM No permissions to access a key").find("keys") != std::string::npos);
}

TEST_CASE("Many keys are read by one command, in a cluster by one for each slot") {
  World alone([](const std::string&) { return array({"1", "2", "1"}); });
  const Told told = alone.driver.run(many(Op::kGetMany, {{"a"}, {"b"}, {"a"}}));
  REQUIRE(told.ok());
  CHECK(told.items[1].value == "2");
  CHECK(alone.said == Said{"mget a b a"});
  World cluster(
      [](const std::string& command) {
        return array(std::vector<std::string>(command == "mget {x}1 {x}2" ? 2 : 1, command));
      },
      R"({"kind":"redis","cluster":true})");
  const Told split = cluster.driver.run(many(Op::kGetMany, {{"{x}1"}, {"b"}, {"{x}2"}}));
  REQUIRE(split.ok());
  CHECK(split.items[1].value == "mget b");
  CHECK(cluster.said == Said{"mget {x}1 {x}2", "mget b"});
}

TEST_CASE("Keys that no master of a cluster answers for together are read apart") {
  for (const char* message : {
           "SimpleError: TRYAGAIN Multiple keys request during rehashing of slot",
           "Error: Too many Cluster redirections. Last error: ReplyError: MOVED 1 127.0.0.1:7000",
           "Error: Too many Cluster redirections. Last error: ReplyError: ASK 1 127.0.0.1:7000",
       }) {
    INFO(message);
    World world(
        [&](const std::string& command) {
          return command == "mget {x}1 {x}2" ? failed(message) : array({command});
        },
        R"({"kind":"redis","cluster":true})");
    const Told told = world.driver.run(many(Op::kGetMany, {{"{x}1"}, {"{x}2"}}));
    REQUIRE(told.ok());
    CHECK(told.items[1].value == "mget {x}2");
    CHECK(world.said == Said{"mget {x}1 {x}2", "mget {x}1", "mget {x}2"});
  }
}

TEST_CASE("A page's cursor of another server process starts the listing again") {
  std::string process = "run_id:first\r\n";
  World world([&](const std::string& command) {
    if (command == "info server") return text(process);
    return command.starts_with("scan 0 ") ? array({"17", "a"}) : array({"0", "b"});
  });
  const Told first = world.driver.run(page("", 10));
  REQUIRE(first.cursor);
  CHECK(world.driver.run(page("", 10, first.cursor)).keys == Said{"b"});
  process = "run_id:second\r\n";
  const Told again = world.driver.run(page("", 10, first.cursor));
  CHECK(again.keys == Said{"a"});
  CHECK(again.cursor);
}

TEST_CASE("A list that ends while slots are on the move is made twice and gives each key once") {
  int scans = 0;
  World world(
      [&](const std::string& command) {
        if (command == "nodes") return text(std::string("n\0", 2));
        if (command == "info server") return text("run_id:one\r\n");
        if (command == "cluster nodes") {
          return text("id a:1@2 myself,master - 0 0 1 connected 0-16383 [7->-id]\n");
        }
        return ++scans == 1 ? array({"0", "a"}) : array({"0", "b", "a"});
      },
      R"({"kind":"redis","cluster":true})");
  const Told told = world.driver.run(list());
  REQUIRE(told.ok());
  CHECK(told.keys == Said{"a", "b"});
  CHECK(scans == 2);
}

TEST_CASE("A list waits for masters that serve all slots, and says so at its deadline") {
  World world(
      [&](const std::string& command) {
        if (command == "nodes") return text(std::string("n\0", 2));
        if (command == "cluster nodes")
          return text("id a:1@2 myself,master - 0 0 1 connected 0-99 7\n");
        return text("run_id:one\r\n");
      },
      R"({"kind":"redis","cluster":true})");
  const Told told = world.driver.run(list());
  CHECK(told.code() == Code::kUnavailable);
  CHECK(told.error->message.find("101 of 16384") != std::string::npos);
}
