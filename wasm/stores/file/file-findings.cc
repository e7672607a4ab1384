// What the store in a directory finds risky: how it was opened, what its file system cannot do, and
// locks that hold writes up.
#include "wasm/core/bytes.h"
#include "wasm/store/findings.h"
#include "wasm/stores/file/file-stat.h"
#include "wasm/stores/file/file-store.h"

namespace kvista {
namespace {

// So many locks of a kind are named; the others are counted.
constexpr int kMaxNamed = 5;

struct Locks {
  int count = 0;
  std::string text{};

  void add(std::string_view path, std::string_view owner) {
    if (++count > kMaxNamed) return;
    text.append(count > 1 ? ", " : "").append(path).append(" of ").append(owner);
  }
  [[nodiscard]] std::string told(std::string_view what) const {
    std::string message = text + ": " + std::string(what);
    if (count > kMaxNamed) message += ", and " + std::to_string(count - kMaxNamed) + " more";
    return message;
  }
};

void addLocks(Findings& found, const HostReply& reply) {
  Locks unjudged;
  Locks old;
  ByteReader in(reply.meta);
  for (std::string_view left = reply.value; !left.empty();) {
    const std::string_view path = takeName(left);
    const std::string_view owner = takeName(left);
    const bool isAlive = in.f64() != 0;
    const bool isSilent = in.f64() > reply.number;
    if (!isAlive) unjudged.add(path, owner);
    if (isAlive && isSilent) old.add(path, owner);
  }
  if (unjudged.count > 0) {
    found.warn("unjudged-lock", unjudged.told("nobody here can tell whether the owner lives"),
               "it is broken when it is wanted and nothing was heard of its owner for a minute; if "
               "you know that the process is gone, remove the file");
  }
  if (old.count > 0) {
    found.warn("old-lock", old.told("held, and nothing was heard of the owner for over a minute"),
               "see whether that process is stopped: let it go on, or end it");
  }
}

}  // namespace

Task<Answer> FileStore::diagnose(Operation& operation) {
  Findings found;
  if (!options_.syncs) {
    found.warn("unsynced", "a loss of power may undo writes of the last seconds",
               "open the store with durability: \"fsync\", which waits for the disk");
  }
  if (!prepared_) {
    found.warn("read-only", "the directory cannot be written to",
               "give this process's user permission, or mount the file system writable");
  }
  if (!keepsExpiry_) {
    found.warn("no-expiry", "this file system keeps no times below a second: no key can expire",
               "use a directory on another file system");
  }
  if (style_ == NameStyle::kPortable) {
    found.inform("portable-names", "more of a key is encoded in file names here",
                 "programs that expect KEY.json find only keys of a-z 0-9 - _ . here");
  }
  const HostRequest ask{.verb = Verb::kHolders};
  const HostReply& reply = (co_await operation.perform(ask)).front();
  if (!reply.failed) addLocks(found, reply);
  co_return std::move(found).answer();
}

}  // namespace kvista
