// A directory that several processes use: a process is killed or hangs, the disk is full or fails,
// and, where the store syncs what it writes, the power goes.
#include "tests/native/fakes/file-host.h"
#include "tests/simulation/random.h"
#include "tests/simulation/worlds/kinds.h"

namespace kvista::simulation {
namespace {

RequestTraits describeFile(const test::Asked& asked) {
  const bool writes = asked.verb == Verb::kRename || asked.verb == Verb::kRemove;
  return {std::to_string(static_cast<int>(asked.verb)) + asked.key, writes};
}

class FileWorld final : public World {
 public:
  explicit FileWorld(const Setting& setting)
      : World(setting), directory_(std::make_shared<test::SharedDirectory>(loop)) {
    Random random(hashOf({setting.seed, hashOf("file")}));
    syncs_ = random.oneIn(2);
    processes_.resize(2 + random.below(2));
    for (Process& one : processes_) start(one);
  }

  [[nodiscard]] std::size_t isolates() const override { return processes_.size(); }
  [[nodiscard]] test::Driver& isolate(std::size_t index) override {
    return *processes_[index].driver;
  }
  [[nodiscard]] Watch* watch(std::size_t index) override { return processes_[index].watch.get(); }
  [[nodiscard]] const std::vector<double>& powerLosses() const override { return powerLosses_; }

  void stir(const std::string& operation) override {
    if (faults.strikes("kill a process", operation)) {
      Process& one = processes_[faults.choose(operation, processes_.size())];
      one.host->kill();
      start(one);
    }
    if (faults.strikes("hang", operation)) {
      processes_[faults.choose(operation, processes_.size())].host->hang(
          static_cast<double>(faults.choose(operation, 3000)));
    }
    // Without it an acknowledged write may be lost.
    if (syncs_ && faults.strikes("lose power", operation)) {
      powerLosses_.push_back(loop.nowMs());
      directory_->losePower([&](std::size_t below) {
        return faults.choose(operation, std::max<std::size_t>(below, 1));
      });
      for (Process& one : processes_) start(one);
    }
  }

  void inspect(const std::set<std::string>& /*live*/, Problems& problems) override {
    for (const auto& [name, owner] : directory_->locks.held()) {
      if (!owner->isDead) problems.push_back({"leak", "a process that lives still has a lock"});
    }
  }

 private:
  struct Process {
    std::unique_ptr<test::FileHost> host{};
    std::unique_ptr<Watch> watch{};
    std::unique_ptr<test::Driver> driver{};
  };

  // In the place of the one that is there. That one's operations end at their deadlines.
  void start(Process& process) {
    if (process.driver) dead_.push_back(std::move(process));
    process = Process();
    process.host = std::make_unique<test::FileHost>(loop, directory_);
    process.host->fate = [this](const test::Asked& asked) { return fateOf(asked); };
    process.watch = std::make_unique<Watch>(*process.host, &describeFile);
    process.driver = std::make_unique<test::Driver>(
        loop, *process.watch,
        syncs_ ? R"({"kind":"file","durability":"fsync"})" : R"({"kind":"file"})");
  }

  test::Fate fateOf(const test::Asked& asked) {
    const std::string where = describeFile(asked).name;
    test::Fate fate{.delayMs = faults.delayMs(where) / 8};
    const bool writes = asked.verb == Verb::kRename || asked.verb == Verb::kRemove;
    if (!writes && asked.verb != Verb::kRead && asked.verb != Verb::kWrite) return fate;
    if (faults.strikes("refuse", where)) {
      fate.refused = test::failed("Error: EMFILE: too many open files");
    }
    if (faults.strikes("refuse for good", where)) {
      fate.refused =
          test::failed(asked.verb == Verb::kRead ? "Error: EACCES: permission denied"
                                                 : "Error: ENOSPC: no space left on device");
    }
    if (faults.strikes("storage fault", where)) {
      fate.refused = test::failed("Error: EIO: i/o error");
    }
    if (writes && faults.strikes("lose the reply", where)) {
      fate.lost = test::failed("Error: EIO: i/o error");
    }
    return fate;
  }

  std::shared_ptr<test::SharedDirectory> directory_;
  bool syncs_ = false;
  std::vector<Process> processes_;
  std::vector<Process> dead_;
  std::vector<double> powerLosses_;
};

}  // namespace

const WorldKind kFileWorld = {
    .name = "file",
    .open = [](const Setting& setting) -> std::unique_ptr<World> {
      return std::make_unique<FileWorld>(setting);
    },
};

}  // namespace kvista::simulation
