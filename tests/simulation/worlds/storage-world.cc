// The store in the storage of somebody's own object: one object, whose storage answers at once,
// fails, and outlives the object.
#include "tests/native/fakes/sqlite-host.h"
#include "tests/simulation/worlds/kinds.h"

namespace kvista::simulation {
namespace {

class StorageWorld final : public World {
 public:
  explicit StorageWorld(const Setting& setting) : World(setting) {
    host_.fault = [this](const test::Step& step) -> std::optional<std::string> {
      if (!faults.strikes("storage fault", step.front().key.substr(0, 24))) return std::nullopt;
      return "Error: disk I/O error: SQLITE_IOERR";
    };
    open();
  }

  [[nodiscard]] std::size_t isolates() const override { return 1; }
  [[nodiscard]] test::Driver& isolate(std::size_t /*index*/) override { return *driver_; }

  // An object that was evicted begins anew over the same storage.
  void stir(const std::string& operation) override {
    if (driver_->engine().operationsInFlight() == 0 && faults.strikes("restart", operation)) open();
  }

  void inspect(const std::set<std::string>& live, Problems& problems) override {
    static_cast<void>(driver_->run({.op = Op::kSweep}));
    const double keys = host_.database.number("SELECT count(*) FROM kvista WHERE part = 0");
    const double stray = host_.database.number(
        "SELECT count(*) FROM kvista AS one WHERE part > 0 AND NOT EXISTS "
        "(SELECT 1 FROM kvista AS head WHERE head.key = one.key AND head.part = 0 "
        "AND head.parts > one.part)");
    if (keys != static_cast<double>(live.size())) {
      problems.push_back({"disagree", "the table holds " + std::to_string(keys) +
                                          " keys, and reads find " + std::to_string(live.size())});
    }
    if (stray != 0) problems.push_back({"disagree", "the table holds parts of no value"});
  }

 private:
  void open() {
    driver_ = std::make_unique<test::Driver>(loop, host_, R"({"kind":"durable-object-storage"})");
  }

  test::SqliteHost host_{};
  std::unique_ptr<test::Driver> driver_;
};

}  // namespace

const WorldKind kStorageWorld = {
    .name = "storage",
    .open = [](const Setting& setting) -> std::unique_ptr<World> {
      return std::make_unique<StorageWorld>(setting);
    },
};

}  // namespace kvista::simulation
