// A directory on a disk, shared by processes, and what a loss of power leaves of it. What cannot be
// tried on a real disk is modelled on:
// - fsync(2): a file's content and times are durable after its own fsync, its name after that of
// the
//   directory; https://man7.org/linux/man-pages/man2/fsync.2.html
// - rename(2): a reader sees the old file or the new one, but nothing is said of a crash. What was
// not
//   synced may come in any selection and any order, and a file of which the name is durable may be
//   empty or torn: Pillai et al., "All File Systems Are Not Created Equal", OSDI 2014, table 1.
// - ext4 with its default options commits names in the order of the changes, within 5 s, and writes
//   the content of a file first that is renamed over another (auto_da_alloc):
//   https://www.kernel.org/doc/html/latest/admin-guide/ext4.html
// A stat that fsync makes durable goes with the content here.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace kvista::test {

struct DiskFile {
  std::string content{};
  double mtimeMs = 0;
  double ctimeMs = 0;
  double mode = 0;
};

struct DiskRules {
  bool keepsOrder = false;  // of names
  bool flushesReplaced = false;
  double writebackMs = 30'000;  // what is older was written by the kernel by itself
};
inline constexpr DiskRules kExt4{.keepsOrder = true, .flushesReplaced = true};

class FakeDisk {
 public:
  explicit FakeDisk(std::function<double()> nowMs) : nowMs_(std::move(nowMs)) {}

  // What processes see. Changed by hand, it is as if it had always been so.
  std::map<std::string, DiskFile> files{};
  bool exists = false;  // the directory itself
  // At its worst by default.
  DiskRules rules{};

  // A file that was written elsewhere gets that name, in the place of another.
  void rename(const std::string& path, DiskFile file, bool isContentDurable);
  void remove(const std::string& path);
  // The directories that lead to that path are synced.
  void sync(const std::string& path);

  // `choose(n)` gives a number below n. What counts its boots sees that it is another one.
  void losePower(const std::function<std::size_t(std::size_t)>& choose);
  [[nodiscard]] std::size_t boots() const { return boots_; }
  // What a loss of power may undo, or leave without its content.
  [[nodiscard]] std::size_t unsynced() const { return pending_.size(); }

 private:
  struct Change {
    std::string path;
    std::optional<DiskFile> before;
    std::optional<DiskFile> after;
    bool isContentDurable = true;
    bool isNameDurable = false;
    double atMs = 0;
  };
  void change(Change change);
  void writeBack();

  std::function<double()> nowMs_;
  std::vector<Change> pending_;  // in their order
  std::size_t boots_ = 0;
};

}  // namespace kvista::test
