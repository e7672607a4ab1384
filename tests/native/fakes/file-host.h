// The host of a directory in memory, as one process has it: it performs the verbs of one (host.h) a
// little later each, so that operations interleave, with locks that are waited for. Several over
// one disk are several processes. It knows names and times as a case-sensitive POSIX disk keeps
// them (tests/conformance/host-file.json, which the real one passes too).
#pragma once

#include <deque>
#include <set>

#include "tests/native/fakes/fake-disk.h"
#include "tests/native/fakes/fake-locks.h"
#include "tests/native/fakes/kv-host.h"

namespace kvista::test {

// The directory and its locks.
struct SharedDirectory {
  explicit SharedDirectory(Loop& loop) : disk([&loop] { return loop.nowMs(); }) {}
  // Every process is dead afterwards, and its locks are those of a dead one.
  void losePower(const std::function<std::size_t(std::size_t)>& choose) {
    for (const auto& [name, owner] : locks.held()) owner->isDead = true;
    disk.losePower(choose);
  }

  FakeDisk disk;
  FakeLocks locks{};
  std::size_t processes = 0;
};

class FileHost final : public Host {
 public:
  explicit FileHost(Loop& loop) : FileHost(loop, std::make_shared<SharedDirectory>(loop)) {}
  // Another process over the same directory.
  FileHost(Loop& loop, std::shared_ptr<SharedDirectory> directory);
  ~FileHost() override { *alive_ = false; }
  FileHost(const FileHost&) = delete;
  FileHost& operator=(const FileHost&) = delete;

  std::optional<Replies> perform(std::uint64_t operation, const Step& step,
                                 std::function<void(Replies)> later) override;
  void ended(std::uint64_t operation) override;

  // The process dies: nothing more is done or answered. Its locks stay for others to break. A loss
  // of power kills it too.
  void kill();
  [[nodiscard]] bool isDead() const;
  // It comes to nothing until then, nor does it show itself to others.
  void hang(double milliseconds);

  // If set, asked before each request: a reply is given instead of its being carried out.
  std::function<std::optional<Replied>(const Asked&)> fault{};
  // If set, decides on each request.
  std::function<Fate(const Asked&)> fate{};
  // What it tells of locks when it is asked for them, instead of those that there are.
  Replied held{};
  std::shared_ptr<SharedDirectory> directory;
  // Who it is to the others.
  FakeLocks::Owner owner;
  [[nodiscard]] std::map<std::string, DiskFile>& files() { return directory->disk.files; }
  [[nodiscard]] std::size_t locksHeld() const { return directory->locks.held().size(); }

 private:
  struct Aside {
    DiskFile file;
    bool isDurable = false;
  };
  struct Session {
    bool isOver = false;
    std::size_t busy = 0;
    std::map<std::string, double> locks{};  // since when
    std::optional<Aside> aside{};
  };
  struct Run;
  using RunPointer = std::shared_ptr<Run>;

  // Calls it then, if the process lives, and not before it goes on.
  void later(double delayMs, std::function<void()> run);
  void goOn(const RunPointer& run);
  void begin(const RunPointer& run, std::size_t index);
  void answer(const RunPointer& run, std::size_t index, Replied reply);
  void finish(std::uint64_t operation);

  void takeTurn(const RunPointer& run, std::size_t index);
  void link(const RunPointer& run, std::size_t index, int attempt);
  void refuseLock(const RunPointer& run, std::size_t index);
  void endTurn(const std::string& name);
  void release(Session& session, const std::string& name);
  [[nodiscard]] std::optional<Replied> brokenLock(const Session& session) const;

  [[nodiscard]] Replied carryOut(Session& session, const Asked& asked);
  [[nodiscard]] Replied open(const Asked& asked);
  [[nodiscard]] Replied read(const Asked& asked);
  [[nodiscard]] Replied write(Session& session, const Asked& asked);
  [[nodiscard]] Replied rename(Session& session, const Asked& asked);
  [[nodiscard]] Replied remove(const Session& session, const Asked& asked);
  [[nodiscard]] Replied walk(double count);
  [[nodiscard]] Replied holders() const;
  [[nodiscard]] bool isExpiring() const;

  Loop& loop_;
  std::map<std::uint64_t, Session> sessions_{};
  // Who waits within the process for a lock, the first one having it or trying for it.
  std::map<std::string, std::deque<std::pair<RunPointer, std::size_t>>> turns_{};
  LeaseSight sight_{};
  std::string walked_{};
  bool isMarked_ = false;
  bool syncsMarks_ = false;
  std::uint64_t steps_ = 0;
  double hangsUntilMs_ = 0;
  std::size_t boot_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace kvista::test
