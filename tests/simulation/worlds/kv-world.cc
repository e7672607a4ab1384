// Workers KV: stores in several isolates over one namespace, which answers with what was there a
// while ago, takes one write a second for each key, loses replies and fails.
#include "tests/native/fakes/kv-host.h"
#include "tests/simulation/random.h"
#include "tests/simulation/worlds/kinds.h"

namespace kvista::simulation {
namespace {

constexpr double kAfterAnyDeadlineMs = 45'000;

RequestTraits describeKv(const test::Asked& asked) {
  const bool writes = asked.verb == Verb::kWrite || asked.verb == Verb::kRemove;
  return {std::to_string(static_cast<int>(asked.verb)) + asked.key, writes};
}

class KvWorld final : public World {
 public:
  explicit KvWorld(const Setting& setting) : World(setting), host_(loop) {
    Random random(hashOf({setting.seed, hashOf("kv")}));
    constexpr double kStaleness[] = {0, 0, 700, 5000, 60'000};
    staleMs_ = kStaleness[random.below(std::size(kStaleness))];
    host_.kv.staleMs = staleMs_;
    host_.kv.throttles = !random.oneIn(4);
    host_.kv.walksTombstones = random.oneIn(2);
    host_.fate = [this](const test::Asked& asked) { return fateOf(asked); };
    for (std::uint64_t i = 2 + random.below(2); i > 0; --i) {
      watches_.push_back(std::make_unique<Watch>(host_, &describeKv));
      drivers_.push_back(
          std::make_unique<test::Driver>(loop, *watches_.back(), R"({"kind":"cloudflare-kv"})"));
    }
  }

  [[nodiscard]] std::size_t isolates() const override { return drivers_.size(); }
  [[nodiscard]] test::Driver& isolate(std::size_t index) override { return *drivers_[index]; }
  [[nodiscard]] Watch* watch(std::size_t index) override { return watches_[index].get(); }
  [[nodiscard]] bool repeatsWrites() const override { return true; }
  [[nodiscard]] double stalenessMs() const override { return staleMs_; }

 private:
  test::Fate fateOf(const test::Asked& asked) {
    const RequestTraits request = describeKv(asked);
    const std::string& where = request.name;
    test::Fate fate{.delayMs = faults.delayMs(where), .answerDelayMs = faults.delayMs(where)};
    const std::string failed =
        std::string("Error: KV ") + (request.writes ? "PUT" : "GET") + " failed: ";
    if (faults.strikes("refuse", where)) {
      fate.refused = test::failed(failed + "503 Service Unavailable");
    }
    if (faults.strikes("refuse for good", where)) {
      fate.refused = test::failed(failed + "403 Forbidden");
    }
    if (faults.strikes("throttle", where)) {
      fate.refused = test::failed(failed + "429 Too Many Requests");
    }
    if (faults.strikes("lose the reply", where)) {
      fate.lost = test::failed(faults.choose(where, 2) == 0 ? failed + "500 Internal Server Error"
                                                            : "Error: Network connection lost.");
    }
    if (faults.strikes("never answer", where)) fate.silent = true;
    if (faults.strikes("arrive after the deadline", where)) {
      fate.delayMs += kAfterAnyDeadlineMs + static_cast<double>(faults.choose(where, 8000));
    }
    if (asked.verb == Verb::kRead && staleMs_ > 0) countStale(asked.key);
    return fate;
  }

  // Whether what a read would find now is not what is there.
  void countStale(const std::string& key) {
    std::optional<test::FakeKv::Found> seen;
    std::optional<test::FakeKv::Found> there;
    static_cast<void>(host_.kv.get(key, seen));
    host_.kv.staleMs = 0;
    static_cast<void>(host_.kv.get(key, there));
    host_.kv.staleMs = staleMs_;
    if (seen.has_value() != there.has_value() || (seen && seen->value != there->value)) {
      faults.note("stale read");
    }
  }

  test::KvHost host_;
  double staleMs_ = 0;
  std::vector<std::unique_ptr<Watch>> watches_;
  std::vector<std::unique_ptr<test::Driver>> drivers_;
};

}  // namespace

const WorldKind kKvWorld = {
    .name = "kv",
    .abilities = {.compares = false, .pace = 4, .takesHuge = false},
    .promises = {.isLinearizable = false},
    .open = [](const Setting& setting) -> std::unique_ptr<World> {
      return std::make_unique<KvWorld>(setting);
    },
};

}  // namespace kvista::simulation
