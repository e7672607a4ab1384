#include "tests/native/support/file-host.h"

#include <cstring>

#include <catch2/catch_test_macros.hpp>

#include "wasm/core/bytes.h"

namespace kvista::test {
namespace {

std::string packed(const FileHost::File& file) {
  return ByteWriter()
      .f64(file.mtimeMs)
      .f64(file.ctimeMs)
      .f64(file.mode)
      .f64(static_cast<double>(file.content.size()))
      .take();
}

Replied missing(const std::string& path) {
  return failed("Error: ENOENT: no such file or directory, open '" + path + "'");
}

}  // namespace

struct FileHost::Run {
  std::uint64_t operation = 0;
  Step step;
  std::function<void(Replies)> later;
  Replies replies{};
};

std::optional<Replies> FileHost::perform(std::uint64_t operation, const Step& step,
                                         std::function<void(Replies)> later) {
  goOn(std::make_shared<Run>(Run{operation, step, std::move(later)}));
  return std::nullopt;
}

void FileHost::goOn(const std::shared_ptr<Run>& run) {
  if (run->replies.size() == run->step.size()) {
    run->later(run->replies);
    return;
  }
  const Asked& asked = run->step[run->replies.size()];
  if (!run->replies.empty() && run->replies.back().failed) {
    run->replies.push_back(failed("Error: ECANCELED: a request before it has failed"));
    goOn(run);
    return;
  }
  if (asked.verb == Verb::kLock) {
    const auto [at, isNew] = locks_.try_emplace(asked.key, run->operation);
    if (!isNew && at->second != run->operation) {
      if (loop_.nowMs() + 1 >= asked.number) {
        run->replies.push_back(failed("Error: ELOCKED: somebody has it"));
        goOn(run);
      } else {
        loop_.after(1, [this, run] { goOn(run); });
      }
      return;
    }
  }
  loop_.after(0.125 * static_cast<double>(++turns_ % 5), [this, run] {
    const Asked& now = run->step[run->replies.size()];
    std::optional<Replied> faulty = fault ? fault(now) : std::nullopt;
    run->replies.push_back(faulty ? std::move(*faulty) : carryOut(run->operation, now));
    goOn(run);
  });
}

void FileHost::ended(std::uint64_t operation) {
  std::erase_if(locks_, [&](const auto& lock) { return lock.second == operation; });
  aside_.erase(operation);
}

void FileHost::writeAside(std::uint64_t operation, const Asked& asked) {
  ByteReader form(asked.meta);
  const double nowMs = loop_.nowMs();
  const bool isTimed = asked.number > 0;
  isExpiring_ = isExpiring_ || isTimed;
  const double mode = 0100000 + form.f64() - 022;
  aside_[operation] = {asked.value, isTimed ? asked.number * 1000 : nowMs, nowMs, mode};
}

Replied FileHost::carryOut(std::uint64_t operation, const Asked& asked) {
  switch (asked.verb) {
    case Verb::kOpen: {
      File probe{.mtimeMs = asked.number * 1000, .ctimeMs = loop_.nowMs(), .mode = 0100744};
      return {.number = isExpiring_ ? 1.0 : 0.0, .value = asked.key, .meta = packed(probe)};
    }
    case Verb::kLock:
      return {};
    case Verb::kUnlock:
      std::erase_if(locks_, [&](const auto& lock) {
        return lock.first == asked.key && lock.second == operation;
      });
      return {};
    case Verb::kRead: {
      const auto at = files.find(asked.key);
      if (at == files.end()) return missing(asked.key);
      return {.present = true, .value = at->second.content, .meta = packed(at->second)};
    }
    case Verb::kWrite:
      writeAside(operation, asked);
      return {};
    case Verb::kRename: {
      const auto at = aside_.find(operation);
      REQUIRE(at != aside_.end());
      at->second.ctimeMs = loop_.nowMs();
      files[asked.key] = std::move(at->second);
      aside_.erase(at);
      return {};
    }
    case Verb::kRemove: {
      const auto at = files.find(asked.key);
      if (at == files.end()) return missing(asked.key);
      if (asked.meta.empty() || asked.meta == packed(at->second)) files.erase(at);
      return {};
    }
    case Verb::kScan: {
      Replied reply{.number = isExpiring_ ? 1.0 : 0.0};
      for (const auto& [path, file] : files) reply.value.append(path).push_back('\0');
      return reply;
    }
    case Verb::kStatMany: {
      Replied reply;
      for (std::string_view left = asked.value; !left.empty();) {
        const std::string path(left.substr(0, left.find('\0')));
        left.remove_prefix(path.size() + 1);
        const auto at = files.find(path);
        reply.value += packed(at == files.end() ? File() : at->second);
      }
      return reply;
    }
    case Verb::kWalk: {
      Replied reply;
      auto at = files.upper_bound(walked_);
      for (double i = 0; i < asked.number && at != files.end(); ++i, ++at) {
        reply.value.append(at->first).push_back('\0');
        reply.meta += packed(at->second);
        walked_ = at->first;
      }
      if (at == files.end()) walked_.clear();
      return reply;
    }
    case Verb::kHolders:
      return {.number = 60, .value = held.value, .meta = held.meta};
    default:
      FAIL("a directory has no verb " << static_cast<int>(asked.verb));
      return {};
  }
}

}  // namespace kvista::test
