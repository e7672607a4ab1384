// What each verb does to the disk.
#include <stdexcept>

#include "tests/native/fakes/file-host.h"
#include "wasm/core/bytes.h"

namespace kvista::test {
namespace {

constexpr const char* kExpiring = ".kvista/expiring";

std::string packed(const DiskFile& file) {
  return ByteWriter()
      .f64(file.mtimeMs)
      .f64(file.ctimeMs)
      .f64(file.mode)
      .f64(static_cast<double>(file.content.size()))
      .take();
}

Replied missing(const std::string& path) {
  return failed("Error: ENOENT: no such file or directory, open '/data/" + path + "'");
}

// Files lie in the directory, and in those below it that hold the files of long names.
bool isListed(const std::string& path) { return !path.starts_with(".kvista/"); }

}  // namespace

bool FileHost::isExpiring() const { return directory->disk.files.contains(kExpiring); }

Replied FileHost::open(const Asked& asked) {
  ByteReader form(asked.meta);
  const double mode = form.f64();
  const bool isMade = form.f64() == 1;
  syncsMarks_ = form.f64() == 1;
  isMarked_ = false;
  directory->disk.exists = directory->disk.exists || isMade;
  if (!directory->disk.exists) return missing("");
  for (const auto& [name, holder] : std::map(directory->locks.held())) {
    if (sight_.mayBreak(*holder, loop_.nowMs())) directory->locks.breakLock(name);
  }
  const DiskFile probe{
      .mtimeMs = asked.number * 1000, .ctimeMs = loop_.nowMs(), .mode = 0100000 + mode - 022};
  return {.number = isExpiring() ? 1.0 : 0.0, .value = asked.key, .meta = packed(probe)};
}

Replied FileHost::read(const Asked& asked) {
  auto at = files().find(asked.key);
  if (at == files().end() && !asked.value.empty()) at = files().find(asked.value);
  if (at == files().end()) return missing(asked.key);
  const auto most = static_cast<std::size_t>(asked.number);
  return {.present = true, .value = at->second.content.substr(0, most), .meta = packed(at->second)};
}

Replied FileHost::write(Session& session, const Asked& asked) {
  ByteReader form(asked.meta);
  const double mode = 0100000 + form.f64() - 022;
  const bool isSynced = form.f64() == 1;
  const bool isTimed = asked.number > 0;
  const double nowMs = loop_.nowMs();
  if (isTimed && !isMarked_) {
    if (!isExpiring()) directory->disk.rename(kExpiring, {}, true);
    if (syncsMarks_) directory->disk.sync(kExpiring);
    isMarked_ = true;
  }
  session.aside = {{asked.value, isTimed ? asked.number * 1000 : nowMs, nowMs, mode}, isSynced};
  return {};
}

Replied FileHost::rename(Session& session, const Asked& asked) {
  if (auto broken = brokenLock(session)) return *broken;
  if (!session.aside) throw std::logic_error("nothing was written aside for " + asked.key);
  session.aside->file.ctimeMs = loop_.nowMs();
  directory->disk.rename(asked.key, std::move(session.aside->file), session.aside->isDurable);
  session.aside.reset();
  if (asked.value != asked.key) directory->disk.remove(asked.value);
  return {};
}

Replied FileHost::remove(const Session& session, const Asked& asked) {
  if (auto broken = brokenLock(session)) return *broken;
  if (asked.value != asked.key) directory->disk.remove(asked.value);
  const auto at = files().find(asked.key);
  if (at == files().end()) return missing(asked.key);
  if (asked.meta.empty() || asked.meta == packed(at->second)) directory->disk.remove(asked.key);
  return {};
}

Replied FileHost::walk(double count) {
  Replied reply;
  auto at = files().upper_bound(walked_);
  for (double i = 0; i < count && at != files().end(); ++at) {
    walked_ = at->first;
    if (!isListed(at->first)) continue;
    reply.value.append(at->first).push_back('\0');
    reply.meta += packed(at->second);
    ++i;
  }
  if (at == files().end()) walked_.clear();
  return reply;
}

Replied FileHost::holders() const {
  Replied reply{.number = FakeLocks::kLeaseMs / 1000, .value = held.value, .meta = held.meta};
  if (!held.value.empty()) return reply;
  for (const auto& [name, holder] : directory->locks.held()) {
    if (holder->isKnown && holder->isDead) continue;
    reply.value += "/data/.kvista/locks/" + name + '\0' + holder->name + '\0';
    const double silentMs = loop_.nowMs() - holder->silentSinceMs.value_or(loop_.nowMs());
    reply.meta += ByteWriter().f64(holder->isKnown ? 1 : 0).f64(silentMs / 1000).take();
  }
  return reply;
}

Replied FileHost::carryOut(Session& session, const Asked& asked) {
  if (!directory->disk.exists && asked.verb != Verb::kOpen) return missing(asked.key);
  switch (asked.verb) {
    case Verb::kOpen:
      return open(asked);
    case Verb::kUnlock:
      release(session, asked.key);
      return {};
    case Verb::kRead:
      return read(asked);
    case Verb::kWrite:
      return write(session, asked);
    case Verb::kRename:
      return rename(session, asked);
    case Verb::kRemove:
      return remove(session, asked);
    case Verb::kScan: {
      Replied reply{.number = isExpiring() ? 1.0 : 0.0};
      for (const auto& [path, file] : files()) {
        if (isListed(path)) reply.value.append(path).push_back('\0');
      }
      return reply;
    }
    case Verb::kStatMany: {
      Replied reply;
      for (std::string_view left = asked.value; !left.empty();) {
        const std::string path(left.substr(0, left.find('\0')));
        left.remove_prefix(path.size() + 1);
        const auto at = files().find(path);
        reply.value += packed(at == files().end() ? DiskFile() : at->second);
      }
      return reply;
    }
    case Verb::kWalk:
      return walk(asked.number);
    case Verb::kHolders:
      return holders();
    default:
      throw std::logic_error("a directory has no verb " +
                             std::to_string(static_cast<int>(asked.verb)));
  }
}

}  // namespace kvista::test
