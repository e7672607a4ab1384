// What is risky about a Redis as it is configured: about each master of a cluster.
#include <array>

#include "wasm/core/joined.h"
#include "wasm/store/findings.h"
#include "wasm/stores/redis/redis-command.h"
#include "wasm/stores/redis/redis-failures.h"
#include "wasm/stores/redis/redis-store.h"

namespace kvista {
namespace {

struct Sign {
  std::string_view says;  // in INFO; empty for what more than that tells
  std::string_view name;
  std::string_view message;
  std::string_view hint;
};

constexpr Sign kSigns[] = {
    {"maxmemory_policy:allkeys", "evicts-any-key",
     "when memory is short, Redis drops live uploads without a word (maxmemory-policy allkeys-…)",
     "set maxmemory-policy noeviction, and let old uploads expire"},
    {"maxmemory_policy:volatile", "evicts-expiring-keys",
     "when memory is short, Redis drops keys that are yet to expire (maxmemory-policy volatile-…)",
     "set maxmemory-policy noeviction"},
    {"redis_version:6.0", "too-old", "Redis 6.0 lacks commands that are needed",
     "use 6.2 or newer"},
    {"redis_version:5", "too-old", "Redis 5 lacks commands that are needed", "use 6.2 or newer"},
    {"", "configuration-hidden", "this client or user cannot ask how Redis is configured",
     "check maxmemory-policy, save and appendonly yourself"},
    {"", "not-persisted", "Redis keeps nothing on disk: a restart loses every upload",
     "set appendonly yes"},
};
constexpr std::size_t kNotPersisted = std::size(kSigns) - 1;
constexpr std::size_t kHidden = kNotPersisted - 1;

}  // namespace

Task<Answer> RedisStore::diagnose(Operation& operation) {
  Findings found;
  if (isBasic()) {
    found.warn("eventual-consistency",
               "an object with get, set, del and scan may read from anywhere, and tells nothing",
               "pass the client itself");
    co_return std::move(found).answer();
  }
  Result<Answer> topology = co_await survey(operation);
  if (!topology) co_return topology;
  std::vector<HostRequest> asks;
  for (std::string_view rest = topology->keys; !rest.empty();) {
    const std::string_view node = takeName(rest);
    asks.push_back(commandFor(node, {"info\0", 5}));
    asks.push_back(commandFor(node, {"config\0get\0save\0", 16}));
  }
  // How many masters show each sign.
  std::array<std::uint32_t, std::size(kSigns)> counts{};
  const auto replies = co_await operation.perform(asks);
  for (std::size_t i = 0; i < asks.size(); i += 2) {
    const std::string_view info = replies[i].value;
    for (std::size_t sign = 0; sign < kHidden; ++sign) {
      if (mentions(info, kSigns[sign].says)) ++counts[sign];
    }
    RedisArray saves(replies[i + 1].value);
    (void)saves.next();
    if (replies[i].failed || replies[i + 1].failed) {
      ++counts[kHidden];
    } else if (mentions(info, "aof_enabled:0") && saves.next().bytes.empty()) {
      ++counts[kNotPersisted];
    }
  }
  for (std::size_t i = 0; i < counts.size(); ++i) {
    if (counts[i] == 0) continue;
    const auto& [says, name, message, hint] = kSigns[i];
    found.add(i == kHidden ? "info" : "warning", name,
              config_.isCluster
                  ? joined({counts[i], " of ", topology->keyCount, " masters: ", message})
                  : joined({message}),
              hint);
  }
  co_return std::move(found).answer();
}

}  // namespace kvista
