// A Redis server, or a cluster's masters with their slots, in memory. What clients ask which server
// is theirs to know (RedisHost).
//
// A cluster's nodes agree at any moment on who serves a slot; a client learns it later. Moves are
// in Redis's own steps: the slot is open at both ends, its keys go over one by one, the slot
// changes hands.
// https://redis.io/docs/latest/operate/oss_and_stack/reference/cluster-spec/
#pragma once

#include <memory>

#include "tests/native/fakes/fake-redis-node.h"

namespace kvista::test {

class FakeRedis {
 public:
  // Without masters it is one server that is no cluster.
  FakeRedis(std::function<double()> nowMs, std::vector<FakeScript> scripts, std::size_t masters);

  [[nodiscard]] bool isCluster() const { return isCluster_; }
  [[nodiscard]] std::size_t size() const { return nodes_.size(); }
  [[nodiscard]] FakeRedisNode& node(std::size_t index) { return *nodes_.at(index); }
  // What that server answers, redirections of a cluster among it.
  [[nodiscard]] Resp ask(std::size_t index, const Words& words, bool isAsking = false);

  [[nodiscard]] std::size_t ownerOf(std::uint32_t slot) const { return owners_.at(slot); }
  // A further master, which serves no slot yet.
  std::size_t addMaster();
  void beginMove(std::uint32_t slot, std::size_t to);
  // Of a slot that is on the move.
  void moveKey(const std::string& key);
  // At most so many of its keys; gives how many they were.
  std::size_t moveKeys(std::uint32_t slot, std::size_t most);
  // Moves the keys that are left; then the slot changes hands.
  void endMove(std::uint32_t slot);
  [[nodiscard]] const std::map<std::uint32_t, std::size_t>& moves() const { return moves_; }

  // A replica takes a master's place: another process at another address, with the same data but
  // for the writes of the last so many milliseconds.
  void promote(std::size_t index, double lostMs = 0);
  // The same server again.
  void restart(std::size_t index, double lostMs = 0);

  bool isDown = false;  // a cluster that has not all its slots serves none

 private:
  [[nodiscard]] std::optional<Resp> redirection(std::size_t index, const Words& words,
                                                bool isAsking);
  [[nodiscard]] std::string nodesAsSeenBy(std::size_t index) const;
  [[nodiscard]] static std::string idOf(std::size_t index);

  std::function<double()> nowMs_;
  std::vector<FakeScript> scripts_;
  bool isCluster_;
  std::vector<std::unique_ptr<FakeRedisNode>> nodes_;
  std::vector<std::size_t> owners_;               // of each slot
  std::map<std::uint32_t, std::size_t> moves_{};  // a slot and where it goes
  std::size_t addresses_ = 0;
};

}  // namespace kvista::test
