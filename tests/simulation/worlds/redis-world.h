// Redis, one server or a cluster: stores in several processes, each with a client of its own.
// Connections are lost, servers are restarted, promoted, and for a while not ready to serve.
#pragma once

#include "tests/native/fakes/redis-host.h"
#include "tests/simulation/world.h"

namespace kvista::simulation {

class RedisWorld : public World {
 public:
  // `masters`: none if it is no cluster.
  RedisWorld(const Setting& setting, std::size_t masters, const std::string& config);

  [[nodiscard]] std::size_t isolates() const override { return drivers_.size(); }
  [[nodiscard]] test::Driver& isolate(std::size_t index) override { return *drivers_[index]; }
  [[nodiscard]] Watch* watch(std::size_t index) override { return watches_[index].get(); }
  void stir(const std::string& operation) override;
  void calm() override;
  void inspect(const std::set<std::string>& live, Problems& problems) override;

 protected:
  test::FakeRedis& servers() { return *servers_; }

 private:
  [[nodiscard]] test::Fate fateOf(const test::Asked& asked);
  [[nodiscard]] std::optional<double> sendsAgain(const test::Asked& asked);
  // A server is not ready for a while, in that way.
  void disturb(bool test::FakeRedisNode::* state, std::string_view kind, const std::string& where);

  std::shared_ptr<test::FakeRedis> servers_;
  std::vector<std::unique_ptr<test::RedisHost>> hosts_;
  std::vector<std::unique_ptr<Watch>> watches_;
  std::vector<std::unique_ptr<test::Driver>> drivers_;
};

}  // namespace kvista::simulation
