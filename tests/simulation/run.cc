#include "tests/simulation/run.h"

#include <stdexcept>

#include "tests/simulation/checks.h"
#include "tests/simulation/clients.h"

namespace kvista::simulation {
namespace {

// At the end: every key by itself and as a batch, and all listings, in each isolate.
std::set<std::string> lookAtAll(World& world, const Plan& plan, Clients& clients) {
  std::set<std::string> live;
  for (std::size_t isolate = 0; isolate < world.isolates(); ++isolate) {
    test::Call all{.op = Op::kGetMany};
    for (const std::string& key : plan.keys) {
      if (clients.look(isolate, {.op = Op::kEntry, .key = key}).told.present) {
        live.insert(plan.nameSpace + key);
      }
      all.items.push_back({key});
    }
    static_cast<void>(clients.look(isolate, all));
    static_cast<void>(clients.look(isolate, test::list()));
    static_cast<void>(clients.look(isolate, test::page("", 1)));
  }
  return live;
}

// Nothing is in flight, and no byte of it is counted.
void checkLeaks(World& world, Problems& problems) {
  for (std::size_t i = 0; i < world.isolates(); ++i) {
    Engine& engine = world.isolate(i).engine();
    engine.close(world.isolate(i).handle());
    if (engine.operationsInFlight() != 0 || engine.bytesInFlight() != 0) {
      problems.push_back({"leak", "isolate " + std::to_string(i) + " still has " +
                                      std::to_string(engine.operationsInFlight()) +
                                      " operations and " + std::to_string(engine.bytesInFlight()) +
                                      " bytes in flight"});
    }
  }
}

void check(const WorldKind& kind, const Plan& plan, const World& world, Ran& ran) {
  Values values;
  KeyHistories histories =
      observe(ran.history, plan, kind.promises, ran.zeroMs, values, ran.problems);
  const Checked checked{ran.history, ran.zeroMs, values, ran.problems};
  for (auto& [key, operations] : histories) {
    forgetUndone(operations, ran.history, world.powerLosses());
    if (kind.promises.isLinearizable) {
      checkOneOrder(checked, key, operations, kind.promises.showsLate);
      if (kind.promises.showsLate) checkShown(checked, key, operations);
    } else {
      checkStale(checked, key, operations, world.stalenessMs());
    }
  }
}

}  // namespace

Ran run(const WorldKind& kind, const Plan& plan, Tally& tally,
        const std::set<std::uint64_t>* onlyFaults) {
  Ran ran;
  try {
    const std::unique_ptr<World> world = kind.open({plan.seed, tally, onlyFaults});
    ran.zeroMs = world->loop.nowMs();
    Clients clients(*world, plan, ran.history);
    // Told after what the clients saw, which says more.
    Problems below;
    const bool haveEnded = clients.runAll();
    world->faults.cease();
    if (haveEnded) {
      world->calm();
      const std::set<std::string> live = lookAtAll(*world, plan, clients);
      world->inspect(live, below);
      checkLeaks(*world, below);
    }
    ran.struck = world->faults.struck();
    check(kind, plan, *world, ran);
    ran.problems.insert(ran.problems.end(), below.begin(), below.end());
  } catch (const std::exception& thrown) {
    ran.problems.push_back({"exception", thrown.what()});
  }
  return ran;
}

}  // namespace kvista::simulation
