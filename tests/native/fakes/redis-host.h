// The host of a store over FakeRedis, with what its client does: it knows a cluster's masters and
// slots as it last learned them, follows redirections, and tells of connections that it lacks or
// loses as the clients do that kvista supports. Faults are injected as in KvHost.
#pragma once

#include "tests/native/fakes/fake-redis.h"
#include "tests/native/fakes/kv-host.h"

namespace kvista::test {

// What clients throw.
namespace redis_fault {
// The command may have been carried out.
inline constexpr const char* kConnectionLost =
    "SocketClosedUnexpectedlyError: Socket closed unexpectedly";
// It was not sent.
inline constexpr const char* kNotConnected =
    "NotReady: not connected: connect ECONNREFUSED 127.0.0.1:7000";
}  // namespace redis_fault

class RedisHost final : public Host {
 public:
  // `masters` as of FakeRedis.
  RedisHost(Loop& loop, std::vector<FakeScript> scripts, std::size_t masters);
  // Another client of the same servers, as of another process.
  RedisHost(Loop& loop, std::shared_ptr<FakeRedis> servers);
  std::optional<Replies> perform(std::uint64_t operation, const Step& step,
                                 std::function<void(Replies)> later) override;

  // If set, decides on each request.
  std::function<Fate(const Asked&)> fate{};
  // If set and it gives a time, the connection is lost behind a command, which the client sends
  // again so many milliseconds later. Of the first time the fate's `refused` tells that it did not
  // arrive.
  std::function<std::optional<double>(const Asked&)> sendsAgain{};
  // Else MOVED and ASK go to the store. A command for a node by name is never sent elsewhere.
  bool followsRedirections = true;
  // The object has but get, set, del and scan.
  bool isBasic = false;
  std::shared_ptr<FakeRedis> redis;

 private:
  struct Target {
    std::size_t index = 0;
    std::string name;
    std::string runId;
  };
  // The server that the client asks, or what it throws without asking.
  [[nodiscard]] std::optional<Target> targetOf(const Asked& asked, const Words& words,
                                               Replied& thrown);
  [[nodiscard]] bool isThere(const Target& target) const;
  // `target` is afterwards the server that was asked last.
  [[nodiscard]] Replied carryOut(Target& target, const Words& words, bool followsRedirections);
  [[nodiscard]] Replied names() const;
  void send(const Asked& asked, bool isAgain, const std::function<void(Replied)>& done);
  void learn();

  Loop& loop_;
  // As the client last learned them.
  std::vector<std::string> masters_;
  std::vector<std::size_t> slots_;
};

}  // namespace kvista::test
