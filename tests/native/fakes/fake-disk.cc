#include "tests/native/fakes/fake-disk.h"

#include <algorithm>
#include <set>

namespace kvista::test {
namespace {

// The directory in which a path is, with a slash behind it; empty for the store's own.
std::string parentOf(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string::npos ? "" : path.substr(0, slash + 1);
}

}  // namespace

void FakeDisk::change(Change change) {
  writeBack();
  const auto old = files.find(change.path);
  if (old != files.end()) change.before = old->second;
  change.atMs = nowMs_();
  if (change.after) {
    files[change.path] = *change.after;
  } else {
    files.erase(change.path);
  }
  pending_.push_back(std::move(change));
}

void FakeDisk::rename(const std::string& path, DiskFile file, bool isContentDurable) {
  const bool isFlushed = rules.flushesReplaced && files.contains(path);
  change({.path = path,
          .before = {},
          .after = std::move(file),
          .isContentDurable = isContentDurable || isFlushed});
}

void FakeDisk::remove(const std::string& path) {
  if (files.contains(path)) change({.path = path, .before = {}, .after = {}});
}

void FakeDisk::sync(const std::string& path) {
  for (Change& one : pending_) {
    const std::string parent = parentOf(one.path);
    if (path.starts_with(parent) || parent == parentOf(path)) one.isNameDurable = true;
  }
  std::erase_if(pending_,
                [](const Change& one) { return one.isNameDurable && one.isContentDurable; });
}

void FakeDisk::writeBack() {
  std::erase_if(pending_,
                [&](const Change& one) { return one.atMs <= nowMs_() - rules.writebackMs; });
}

void FakeDisk::losePower(const std::function<std::size_t(std::size_t)>& choose) {
  writeBack();
  ++boots_;
  const std::size_t cut = choose(pending_.size() + 1);
  std::set<std::string> paths;
  for (const Change& one : pending_) paths.insert(one.path);
  for (const std::string& path : paths) {
    std::vector<const Change*> changes;
    std::size_t least = 0;  // so many of them are kept
    std::size_t inOrder = 0;
    for (std::size_t i = 0; i < pending_.size(); ++i) {
      if (pending_[i].path != path) continue;
      changes.push_back(&pending_[i]);
      if (i < cut) inOrder = changes.size();
      if (pending_[i].isNameDurable) least = changes.size();
    }
    const std::size_t kept =
        rules.keepsOrder ? std::max(least, inOrder) : least + choose(changes.size() + 1 - least);
    std::optional<DiskFile> left = kept == 0 ? changes.front()->before : changes[kept - 1]->after;
    if (!left) {
      files.erase(path);
      continue;
    }
    if (kept > 0 && !changes[kept - 1]->isContentDurable) {
      // All of it, or a part, or nothing.
      left->content.resize(left->content.size() - choose(left->content.size() + 1));
    }
    files[path] = std::move(*left);
  }
  pending_.clear();
}

}  // namespace kvista::test
