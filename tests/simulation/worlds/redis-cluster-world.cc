// A cluster of Redis: what goes wrong with one server, and slots that move, masters that fail over
// and a cluster that is down.
#include "tests/simulation/random.h"
#include "tests/simulation/worlds/kinds.h"
#include "tests/simulation/worlds/redis-world.h"
#include "wasm/stores/redis/redis-slot.h"

namespace kvista::simulation {
namespace {

class RedisClusterWorld final : public RedisWorld {
 public:
  explicit RedisClusterWorld(const Setting& setting)
      : RedisWorld(setting, 2 + hashOf({setting.seed, hashOf("masters")}) % 2,
                   R"({"kind":"redis","cluster":true})") {}

  void stir(const std::string& operation) override {
    RedisWorld::stir(operation);
    if (faults.strikes("move a slot", operation)) beginMove(operation);
    if (faults.strikes("fail over", operation)) {
      servers().promote(faults.choose(operation, servers().size()));
    }
    if (faults.strikes("cluster down", operation) && !servers().isDown) {
      servers().isDown = true;
      loop.after(30 + static_cast<double>(faults.choose(operation, 300)),
                 [this] { servers().isDown = false; });
    }
  }

 private:
  // The slot of some key that there is, and each slot once: a key that moves twice while it is
  // listed may be missed.
  void beginMove(const std::string& where) {
    std::vector<std::uint32_t> slots;
    for (std::size_t i = 0; i < servers().size(); ++i) {
      for (const std::string& key : servers().node(i).keys.all()) {
        if (!moved_.contains(redisSlotOf(key))) slots.push_back(redisSlotOf(key));
      }
    }
    if (slots.empty()) return;
    const std::uint32_t slot = slots[faults.choose(where, slots.size())];
    moved_.insert(slot);
    const std::size_t to = (servers().ownerOf(slot) + 1) % servers().size();
    servers().beginMove(slot, to);
    const auto pause = [&] { return 5 + static_cast<double>(faults.choose(where, 300)); };
    const double keysAfterMs = pause();
    loop.after(keysAfterMs, [this, slot] { servers().moveKeys(slot, 1); });
    loop.after(keysAfterMs + pause(), [this, slot] { servers().endMove(slot); });
  }

  std::set<std::uint32_t> moved_;
};

}  // namespace

const WorldKind kRedisClusterWorld = {
    .name = "redis-cluster",
    .promises = {.hasOrderedPages = false, .clockLagMs = 1},
    .open = [](const Setting& setting) -> std::unique_ptr<World> {
      return std::make_unique<RedisClusterWorld>(setting);
    },
};

}  // namespace kvista::simulation
