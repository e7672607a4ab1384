// One Redis server of version 7.0 in memory: the commands that a store of records needs, with their
// messages (tests/conformance/host-redis.json, which the real one passes too). It knows nothing of
// kvista, and of Lua only the scripts that it is given.
#pragma once

#include <map>
#include <set>
#include <span>
#include <string_view>

#include "tests/native/fakes/redis-keyspace.h"
#include "tests/native/fakes/resp.h"

namespace kvista::test {

class FakeRedisNode;

// What a Lua script does, by hand.
struct FakeScript {
  std::string text;
  std::function<Resp(FakeRedisNode&, const Words& keys, const Words& arguments)> run;
};

class FakeRedisNode {
 public:
  FakeRedisNode(std::function<double()> nowMs, std::vector<FakeScript> scripts, std::string name,
                std::uint64_t seed);

  // What a client, or a script, gets for a command; a cluster's redirections are not the node's.
  [[nodiscard]] Resp perform(const Words& words);

  // Which of a command's words are its keys.
  [[nodiscard]] static std::vector<std::string> keysOf(const Words& words);

  // Another process with the same data, which knows no script. What was written in the last so many
  // milliseconds is lost; by default nothing (see RedisKeyspace::undoableMs).
  void restart(std::string name, double lostMs = 0);

  RedisKeyspace keys;
  std::string name;   // host:port
  std::string runId;  // of this process
  bool isUp = true;   // else nobody answers at its address

  // What the server is in, as its own messages tell it.
  bool isLoading = false;
  bool isReplica = false;
  bool isFull = false;
  bool isBusy = false;
  bool cannotSave = false;
  bool hasPexpiretime = true;  // Redis before 7.0 has not
  std::map<std::string, std::string> settings{
      {"maxmemory-policy", "noeviction"}, {"appendonly", "yes"}, {"save", ""}};

 private:
  struct Command;
  [[nodiscard]] static const Command* commandOf(const std::string& name);
  [[nodiscard]] Resp refusal(const Command& command) const;

  [[nodiscard]] long long nowMs() const;
  [[nodiscard]] Resp get(const Words& words);
  [[nodiscard]] Resp set(const Words& words);
  [[nodiscard]] Resp del(const Words& words);
  [[nodiscard]] Resp exists(const Words& words);
  [[nodiscard]] Resp mget(const Words& words);
  [[nodiscard]] Resp expire(const Words& words);
  [[nodiscard]] Resp expiry(const Words& words);
  [[nodiscard]] Resp scan(const Words& words);
  [[nodiscard]] Resp script(const Words& words);
  [[nodiscard]] Resp eval(const Words& words);
  [[nodiscard]] Resp hset(const Words& words);
  [[nodiscard]] Resp time(const Words& words);
  [[nodiscard]] Resp info(const Words& words);
  [[nodiscard]] Resp config(const Words& words);
  [[nodiscard]] Resp flushall(const Words& words);

  std::function<double()> nowMs_;
  std::vector<FakeScript> scripts_;
  std::set<std::string> known_;  // the SHA-1 of each script that the server has seen
  std::uint64_t processes_;
};

}  // namespace kvista::test
