#include "tests/native/fakes/fake-redis-node.h"

#include <algorithm>
#include <cmath>

#include "tests/native/fakes/redis-words.h"
#include "tests/native/support/sha1-hex.h"

namespace kvista::test {
namespace {

enum Flag : unsigned { kWrite = 1, kGrows = 2, kServes = 4 };  // kServes: while loading too
enum class Keys { kNone, kFirst, kAll, kCounted };

}  // namespace

struct FakeRedisNode::Command {
  std::string_view name;
  std::size_t least;  // words, its name among them
  std::size_t most;   // 0: any
  unsigned flags;
  Keys keys;
  Resp (FakeRedisNode::*run)(const Words&);
};

const FakeRedisNode::Command* FakeRedisNode::commandOf(const std::string& name) {
  static constexpr Command kCommands[] = {
      {"get", 2, 2, 0, Keys::kFirst, &FakeRedisNode::get},
      {"set", 3, 0, kWrite | kGrows, Keys::kFirst, &FakeRedisNode::set},
      {"del", 2, 0, kWrite, Keys::kAll, &FakeRedisNode::del},
      {"exists", 2, 0, 0, Keys::kAll, &FakeRedisNode::exists},
      {"mget", 2, 0, 0, Keys::kAll, &FakeRedisNode::mget},
      {"expire", 3, 0, kWrite, Keys::kFirst, &FakeRedisNode::expire},
      {"pexpire", 3, 0, kWrite, Keys::kFirst, &FakeRedisNode::expire},
      {"ttl", 2, 2, 0, Keys::kFirst, &FakeRedisNode::expiry},
      {"pttl", 2, 2, 0, Keys::kFirst, &FakeRedisNode::expiry},
      {"pexpiretime", 2, 2, 0, Keys::kFirst, &FakeRedisNode::expiry},
      {"scan", 2, 0, 0, Keys::kNone, &FakeRedisNode::scan},
      {"script", 2, 0, 0, Keys::kNone, &FakeRedisNode::script},
      {"eval", 3, 0, 0, Keys::kCounted, &FakeRedisNode::eval},
      {"evalsha", 3, 0, 0, Keys::kCounted, &FakeRedisNode::eval},
      {"hset", 4, 0, kWrite | kGrows, Keys::kFirst, &FakeRedisNode::hset},
      {"time", 1, 1, kServes, Keys::kNone, &FakeRedisNode::time},
      {"info", 1, 0, kServes, Keys::kNone, &FakeRedisNode::info},
      {"config", 2, 0, kServes, Keys::kNone, &FakeRedisNode::config},
      {"flushall", 1, 2, kWrite, Keys::kNone, &FakeRedisNode::flushall},
  };
  const std::string lower = lowerCase(name);
  const auto* const found = std::ranges::find(kCommands, lower, &Command::name);
  return found == std::end(kCommands) ? nullptr : found;
}

FakeRedisNode::FakeRedisNode(std::function<double()> nowMs, std::vector<FakeScript> scripts,
                             std::string nodeName, std::uint64_t seed)
    : keys(nowMs, seed), nowMs_(std::move(nowMs)), scripts_(std::move(scripts)), processes_(seed) {
  restart(std::move(nodeName));
}

void FakeRedisNode::restart(std::string newName, double lostMs) {
  name = std::move(newName);
  runId = sha1Hex(name + "/" + std::to_string(++processes_));
  known_.clear();
  if (lostMs > 0) keys.undoSince(nowMs_() - lostMs);
  keys.reseed(processes_);
  isUp = true;
}

std::vector<std::string> FakeRedisNode::keysOf(const Words& words) {
  const Command* command = words.empty() ? nullptr : commandOf(words.front());
  if (command == nullptr || words.size() < command->least) return {};
  const auto at = [&](std::size_t from, std::size_t count) {
    const auto begin = words.begin() + static_cast<std::ptrdiff_t>(from);
    const std::size_t most = words.size() - from;
    return Words(begin, begin + static_cast<std::ptrdiff_t>(std::min(count, most)));
  };
  switch (command->keys) {
    case Keys::kNone:
      return {};
    case Keys::kFirst:
      return at(1, 1);
    case Keys::kAll:
      return at(1, words.size());
    case Keys::kCounted:
      return at(3, static_cast<std::size_t>(integerIn(words[2]).value_or(0)));
  }
  return {};
}

// In the order in which Redis looks: `processCommand` in its server.c.
Resp FakeRedisNode::refusal(const Command& command) const {
  const bool writes = (command.flags & kWrite) != 0;
  if (isFull && (command.flags & kGrows) != 0) {
    return respError("OOM command not allowed when used memory > 'maxmemory'.");
  }
  if (cannotSave && writes) {
    return respError(
        "MISCONF Redis is configured to save RDB snapshots, but it's currently unable to persist "
        "to disk. Commands that may modify the data set are disabled, because this instance is "
        "configured to report errors during writes if RDB snapshotting fails "
        "(stop-writes-on-bgsave-error option). Please check the Redis logs for details about the "
        "RDB error.");
  }
  if (isReplica && writes)
    return respError("READONLY You can't write against a read only replica.");
  if (isLoading && (command.flags & kServes) == 0) {
    return respError("LOADING Redis is loading the dataset in memory");
  }
  if (isBusy) {
    return respError(
        "BUSY Redis is busy running a script. You can only call SCRIPT KILL or SHUTDOWN NOSAVE.");
  }
  return respNil();
}

Resp FakeRedisNode::perform(const Words& words) {
  const Command* command = commandOf(words.at(0));
  const bool isThere = hasPexpiretime || lowerCase(words[0]) != "pexpiretime";
  if (command == nullptr || !isThere) {
    std::string with;
    for (std::size_t i = 1; i < words.size(); ++i) with += "'" + words[i] + "' ";
    return respError("ERR unknown command '" + words[0] + "', with args beginning with: " + with);
  }
  if (words.size() < command->least || (command->most != 0 && words.size() > command->most)) {
    return respError("ERR wrong number of arguments for '" + lowerCase(words[0]) + "' command");
  }
  if (Resp refused = refusal(*command); refused.isError()) return refused;
  return (this->*command->run)(words);
}

long long FakeRedisNode::nowMs() const { return static_cast<long long>(std::floor(nowMs_())); }

Resp FakeRedisNode::scan(const Words& words) { return scanBy(keys, words); }

Resp FakeRedisNode::script(const Words& words) {
  const std::string what = lowerCase(words[1]);
  if (what == "flush") {
    known_.clear();
    return respText("OK");
  }
  if (what == "load" && words.size() == 3) {
    known_.insert(sha1Hex(words[2]));
    return respText(sha1Hex(words[2]));
  }
  return respError("ERR unknown subcommand or wrong number of arguments for '" + words[1] +
                   "'. Try SCRIPT HELP.");
}

Resp FakeRedisNode::eval(const Words& words) {
  const std::optional<long long> count = integerIn(words[2]);
  if (!count) return respError("ERR value is not an integer or out of range");
  if (*count < 0) return respError("ERR Number of keys can't be negative");
  if (*count > static_cast<long long>(words.size()) - 3) {
    return respError("ERR Number of keys can't be greater than number of args");
  }
  const bool isText = lowerCase(words[0]) == "eval";
  const std::string sha1 = isText ? sha1Hex(words[1]) : lowerCase(words[1]);
  if (!isText && !known_.contains(sha1)) {
    return respError("NOSCRIPT No matching script. Please use EVAL.");
  }
  const auto script = std::ranges::find_if(
      scripts_, [&](const FakeScript& one) { return sha1Hex(one.text) == sha1; });
  if (script == scripts_.end()) {
    return respError("ERR Error compiling script (new function): user_script:1");
  }
  known_.insert(sha1);
  const auto firstArgument = words.begin() + 3 + *count;
  Resp reply = script->run(*this, Words(words.begin() + 3, firstArgument),
                           Words(firstArgument, words.end()));
  if (reply.isError()) reply.text += " script: " + sha1 + ", on @user_script:1.";
  return reply;
}

}  // namespace kvista::test
