// The commands of the fake Redis server, one function each. Messages and orders of checks are those
// of https://github.com/redis/redis/tree/7.0/src (t_string.c, expire.c, db.c).
#include <algorithm>
#include <limits>

#include "tests/native/fakes/fake-redis-node.h"
#include "tests/native/fakes/redis-words.h"

namespace kvista::test {
namespace {

struct SetOptions {
  bool ifAbsent = false;
  bool ifPresent = false;
  bool keepsExpiry = false;
  bool givesOld = false;
  std::optional<long long> expiresMs{};
};

// The moment that `word` names in that unit, counted from `baseMs`.
std::optional<Resp> readExpiry(const std::string& word, bool isSeconds, long long baseMs,
                               const std::string& command, std::optional<long long>& expiresMs) {
  const std::optional<long long> given = integerIn(word);
  if (!given) return respError(kNotInteger);
  constexpr long long kMost = std::numeric_limits<long long>::max();
  const bool isTooMuch = *given <= 0 || (isSeconds && *given > kMost / 1000);
  const long long milliseconds = isTooMuch || !isSeconds ? *given : *given * 1000;
  if (isTooMuch || milliseconds > kMost - baseMs) {
    return respError("ERR invalid expire time in '" + command + "' command");
  }
  expiresMs = baseMs + milliseconds;
  return std::nullopt;
}

std::optional<Resp> readSetOptions(const Words& words, long long nowMs, SetOptions& options) {
  for (std::size_t i = 3; i < words.size(); ++i) {
    const std::string option = lowerCase(words[i]);
    const bool isSeconds = option == "ex" || option == "exat";
    const bool isExpiry = isSeconds || option == "px" || option == "pxat";
    if (option == "nx" && !options.ifPresent) {
      options.ifAbsent = true;
    } else if (option == "xx" && !options.ifAbsent) {
      options.ifPresent = true;
    } else if (option == "get") {
      options.givesOld = true;
    } else if (option == "keepttl" && !options.expiresMs) {
      options.keepsExpiry = true;
    } else if (isExpiry && i + 1 < words.size() && !options.keepsExpiry && !options.expiresMs) {
      const long long base = option.ends_with("at") ? 0 : nowMs;
      auto refused = readExpiry(words[++i], isSeconds, base, "set", options.expiresMs);
      if (refused) return refused;
    } else {
      return respError(kSyntax);
    }
  }
  return std::nullopt;
}

Resp textOf(const RedisCell* cell) { return cell == nullptr ? respNil() : respText(cell->text); }

}  // namespace

Resp FakeRedisNode::get(const Words& words) {
  const RedisCell* cell = keys.find(words[1]);
  return cell != nullptr && !cell->isText ? respError(kWrongType) : textOf(cell);
}

Resp FakeRedisNode::set(const Words& words) {
  SetOptions options;
  if (auto refused = readSetOptions(words, nowMs(), options)) return *refused;
  const RedisCell* old = keys.find(words[1]);
  if (options.givesOld && old != nullptr && !old->isText) return respError(kWrongType);
  const Resp given = options.givesOld ? textOf(old) : respText("OK");
  if ((options.ifAbsent && old != nullptr) || (options.ifPresent && old == nullptr)) {
    return options.givesOld ? given : respNil();
  }
  if (options.keepsExpiry && old != nullptr) options.expiresMs = old->expiresMs;
  keys.put(words[1], {.text = words[2], .expiresMs = options.expiresMs});
  return given;
}

Resp FakeRedisNode::del(const Words& words) {
  return respInteger(std::count_if(words.begin() + 1, words.end(),
                                   [&](const std::string& key) { return keys.erase(key); }));
}

Resp FakeRedisNode::exists(const Words& words) {
  return respInteger(std::count_if(words.begin() + 1, words.end(), [&](const std::string& key) {
    return keys.find(key) != nullptr;
  }));
}

Resp FakeRedisNode::mget(const Words& words) {
  std::vector<Resp> values;
  for (std::size_t i = 1; i < words.size(); ++i) {
    const RedisCell* cell = keys.find(words[i]);
    values.push_back(cell != nullptr && cell->isText ? textOf(cell) : respNil());
  }
  return respArray(std::move(values));
}

Resp FakeRedisNode::expire(const Words& words) {
  const std::string command = lowerCase(words[0]);
  std::set<std::string> options;
  for (std::size_t i = 3; i < words.size(); ++i) {
    const std::string option = lowerCase(words[i]);
    if (option != "nx" && option != "xx" && option != "gt" && option != "lt") {
      return respError("ERR Unsupported option " + words[i]);
    }
    options.insert(option);
  }
  if (options.contains("nx") && options.size() > 1) {
    return respError("ERR NX and XX, GT or LT options at the same time are not compatible");
  }
  if (options.contains("gt") && options.contains("lt")) {
    return respError("ERR GT and LT options at the same time are not compatible");
  }
  const std::optional<long long> given = integerIn(words[2]);
  if (!given) return respError(kNotInteger);
  constexpr long long kMost = std::numeric_limits<long long>::max() / 2;
  const long long unit = command == "expire" ? 1000 : 1;
  if (*given > kMost / unit || *given < -kMost / unit) {
    return respError("ERR invalid expire time in '" + command + "' command");
  }
  const long long expiresMs = nowMs() + *given * unit;
  const RedisCell* old = keys.find(words[1]);
  if (old == nullptr) return respInteger(0);
  // Without an expiry a key lives for ever, which is later than any moment.
  const bool isKept =
      (options.contains("nx") && old->expiresMs) || (options.contains("xx") && !old->expiresMs) ||
      (options.contains("gt") && (!old->expiresMs || expiresMs <= *old->expiresMs)) ||
      (options.contains("lt") && old->expiresMs && expiresMs >= *old->expiresMs);
  if (isKept) return respInteger(0);
  if (expiresMs <= nowMs()) {
    keys.erase(words[1]);
  } else {
    RedisCell cell = *old;
    cell.expiresMs = expiresMs;
    keys.put(words[1], std::move(cell));
  }
  return respInteger(1);
}

Resp FakeRedisNode::expiry(const Words& words) {
  const RedisCell* cell = keys.find(words[1]);
  if (cell == nullptr) return respInteger(-2);
  if (!cell->expiresMs) return respInteger(-1);
  const std::string command = lowerCase(words[0]);
  if (command == "pexpiretime") return respInteger(*cell->expiresMs);
  const long long left = std::max(0LL, *cell->expiresMs - nowMs());
  return respInteger(command == "pttl" ? left : (left + 500) / 1000);
}

Resp FakeRedisNode::hset(const Words& words) {
  if (words.size() % 2 != 0) {
    return respError("ERR wrong number of arguments for 'hset' command");
  }
  const RedisCell* old = keys.find(words[1]);
  if (old != nullptr && old->isText) return respError(kWrongType);
  const bool isNew = old == nullptr;
  keys.put(words[1], {.text = words[3], .isText = false});
  return respInteger(isNew ? static_cast<long long>(words.size() - 2) / 2 : 0);
}

Resp FakeRedisNode::time(const Words&) {
  const long long milliseconds = nowMs();
  return respArray({respText(std::to_string(milliseconds / 1000)),
                    respText(std::to_string(milliseconds % 1000 * 1000))});
}

Resp FakeRedisNode::info(const Words& words) {
  const std::string section = words.size() > 1 ? lowerCase(words[1]) : "default";
  const bool isAll = section == "default" || section == "all" || section == "everything";
  std::string text;
  if (isAll || section == "server") {
    text += std::string("# Server\r\nredis_version:") + (hasPexpiretime ? "7.0.15" : "6.2.14") +
            "\r\nrun_id:" + runId + "\r\n";
  }
  if (isAll || section == "memory") {
    text += "# Memory\r\nmaxmemory_policy:" + settings["maxmemory-policy"] + "\r\n";
  }
  if (isAll || section == "persistence") {
    const bool isAppended = settings["appendonly"] == "yes";
    text += std::string("# Persistence\r\nloading:") + (isLoading ? "1" : "0") +
            "\r\naof_enabled:" + (isAppended ? "1" : "0") + "\r\n";
  }
  return respText(text);
}

Resp FakeRedisNode::config(const Words& words) {
  const std::string what = lowerCase(words[1]);
  if (what == "get" && words.size() == 3) {
    const auto found = settings.find(lowerCase(words[2]));
    if (found == settings.end()) return respArray({});
    return respArray({respText(found->first), respText(found->second)});
  }
  if (what == "set" && words.size() == 4) {
    settings[lowerCase(words[2])] = words[3];
    return respText("OK");
  }
  return respError("ERR unknown subcommand or wrong number of arguments for '" + words[1] +
                   "'. Try CONFIG HELP.");
}

Resp FakeRedisNode::flushall(const Words&) {
  keys.clear();
  return respText("OK");
}

}  // namespace kvista::test
