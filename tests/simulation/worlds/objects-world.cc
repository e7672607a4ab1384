// Durable Objects: Workers in several isolates, an object for each key, the shards of the catalog,
// and the network between them. Objects are aborted between their steps, calls are lost, come late
// or never, and storage fails.
#include "tests/native/fakes/fake-objects.h"
#include "tests/simulation/random.h"
#include "tests/simulation/worlds/kinds.h"

namespace kvista::simulation {
namespace {

constexpr double kAfterAnyDeadlineMs = 11'000;

RequestTraits describeCall(const test::Asked& asked) {
  const auto op = static_cast<Op>(asked.meta.at(0));
  return {std::to_string(asked.meta[0]) + asked.key, isWrite(op)};
}

class ObjectsWorld final : public World {
 public:
  explicit ObjectsWorld(const Setting& setting) : World(setting), objects_(loop) {
    Random random(hashOf({setting.seed, hashOf("objects")}));
    objects_.abortFlags = random.oneIn(2) ? failure::kRetryable : failure::kRemote;
    objects_.fate = [this](const test::Passing& passing) { return fateOf(passing); };
    objects_.crash = [this](bool, const std::string& name, const test::Step&, bool after) {
      return faults.strikes(after ? "abort after a step" : "abort before a step", name);
    };
    objects_.storageFault = [this](bool, const std::string& name,
                                   const test::Step&) -> std::optional<std::string> {
      if (!faults.strikes("storage fault", name)) return std::nullopt;
      return "Error: disk I/O error: SQLITE_IOERR";
    };
    const std::uint64_t isolates = 2 + random.below(2);
    // A deployment may have more shards than the one before it.
    const std::uint64_t shards = 1 + random.below(4);
    for (std::uint64_t i = 0; i < isolates; ++i) {
      const std::uint64_t own = random.oneIn(3) ? 1 + random.below(4) : shards;
      watches_.push_back(std::make_unique<Watch>(objects_.worker(), &describeCall));
      drivers_.push_back(std::make_unique<test::Driver>(
          loop, *watches_.back(),
          R"({"kind":"durable-object","catalogShards":)" + std::to_string(own) + "}"));
    }
  }

  [[nodiscard]] std::size_t isolates() const override { return drivers_.size(); }
  [[nodiscard]] test::Driver& isolate(std::size_t index) override { return *drivers_[index]; }
  [[nodiscard]] Watch* watch(std::size_t index) override { return watches_[index].get(); }

  // What hangs in the network arrives, and alarms make good what was left unfinished.
  void calm() override {
    World::calm();
    static_cast<void>(drivers_[0]->run(test::list()));
    watches_[0]->skip();
    loop.advance(60'000);
  }

  void inspect(const std::set<std::string>& live, Problems& problems) override {
    countCalls();
    const auto expect = [&](std::size_t count, const char* what) {
      if (count == live.size()) return;
      problems.push_back({"disagree", std::to_string(count) + what + ", and reads find " +
                                          std::to_string(live.size()) + " keys"});
    };
    expect(objects_.catalogRows(), " rows are in the catalog");
    expect(objects_.objectsWithStorage(), " objects hold something");
    if (objects_.operationsInFlight() != 0) {
      problems.push_back({"leak", "objects still have operations in flight"});
    }
  }

 private:
  test::Fate fateOf(const test::Passing& passing) {
    const std::string where = std::to_string(static_cast<int>(passing.op)) + passing.name;
    test::Fate fate{.delayMs = faults.delayMs(where), .answerDelayMs = faults.delayMs(where)};
    const auto error = [&] {
      constexpr std::uint32_t kFlags[] = {failure::kRetryable, 0, failure::kRemote};
      return test::failed("Error: Network connection lost.", kFlags[faults.choose(where, 3)]);
    };
    if (faults.strikes("refuse", where)) fate.refused = error();
    if (faults.strikes("refuse for good", where)) {
      fate.refused =
          test::failed("Error: Durable Object is overloaded. Requests queued for too long.",
                       failure::kOverloaded);
    }
    if (faults.strikes("lose the reply", where)) fate.lost = error();
    if (faults.strikes("never answer", where)) fate.silent = true;
    if (faults.strikes("arrive after the deadline", where)) {
      fate.delayMs += kAfterAnyDeadlineMs + static_cast<double>(faults.choose(where, 8000));
    }
    return fate;
  }

  void countCalls() {
    for (const test::Passing& passing : objects_.calls) {
      if (passing.op == Op::kObjectConfirm) {
        tally.count("path", "a catalog row is confirmed with its object");
      }
    }
    tally.count("path", "an alarm", objects_.alarms);
  }

  test::FakeObjects objects_;
  std::vector<std::unique_ptr<Watch>> watches_;
  std::vector<std::unique_ptr<test::Driver>> drivers_;
};

}  // namespace

const WorldKind kObjectsWorld = {
    .name = "objects",
    .promises = {.showsLate = true},
    .open = [](const Setting& setting) -> std::unique_ptr<World> {
      return std::make_unique<ObjectsWorld>(setting);
    },
};

}  // namespace kvista::simulation
