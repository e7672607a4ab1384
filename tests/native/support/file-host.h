// The host of a directory in memory: it performs the verbs of one (host.h) a little later each, so
// that operations interleave, with locks that are waited for. It knows names and times as a
// case-sensitive POSIX disk keeps them, and nothing of other processes.
#pragma once

#include "tests/native/support/driver.h"

namespace kvista::test {

class FileHost final : public Host {
 public:
  struct File {
    std::string content{};
    double mtimeMs = 0;
    double ctimeMs = 0;
    double mode = 0;
  };

  explicit FileHost(Loop& loop) : loop_(loop) {}
  std::optional<Replies> perform(std::uint64_t operation, const Step& step,
                                 std::function<void(Replies)> later) override;
  void ended(std::uint64_t operation) override;

  // If set, asked before each request: a reply is given instead of its being carried out.
  std::function<std::optional<Replied>(const Asked&)> fault{};
  std::map<std::string, File> files{};
  // What it tells of locks when it is asked for them; there are others (locksHeld) beside.
  Replied held{};
  [[nodiscard]] std::size_t locksHeld() const { return locks_.size(); }

 private:
  struct Run;
  void goOn(const std::shared_ptr<Run>& run);
  [[nodiscard]] Replied carryOut(std::uint64_t operation, const Asked& asked);
  void writeAside(std::uint64_t operation, const Asked& asked);

  Loop& loop_;
  std::map<std::string, std::uint64_t> locks_{};
  std::map<std::uint64_t, File> aside_{};
  std::string walked_{};
  bool isExpiring_ = false;
  std::uint64_t turns_ = 0;
};

}  // namespace kvista::test
