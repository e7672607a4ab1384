// The memory store: one engine, whose callers share it. It has no host; what can go wrong is that
// there is no room.
#include "tests/simulation/random.h"
#include "tests/simulation/worlds/kinds.h"

namespace kvista::simulation {
namespace {

class MemoryWorld final : public World {
 public:
  explicit MemoryWorld(const Setting& setting)
      : World(setting),
        nobody_([](const test::Asked&) -> test::Replied {
          throw std::logic_error("the memory store asked its host");
        }),
        driver_(loop, nobody_, configFor(setting)) {}

  [[nodiscard]] std::size_t isolates() const override { return 1; }
  [[nodiscard]] test::Driver& isolate(std::size_t /*index*/) override { return driver_; }

 private:
  static std::string configFor(const Setting& setting) {
    if (hashOf({setting.seed, hashOf("room")}) % 8 != 0) return R"({"kind":"memory"})";
    setting.tally.count("fault", "out of room");
    return R"({"kind":"memory","maxBytes":30000})";
  }

  test::FunctionHost nobody_;
  test::Driver driver_;
};

}  // namespace

const WorldKind kMemoryWorld = {
    .name = "memory",
    .open = [](const Setting& setting) -> std::unique_ptr<World> {
      return std::make_unique<MemoryWorld>(setting);
    },
};

}  // namespace kvista::simulation
