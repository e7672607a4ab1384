#include <cmath>
#include <cstdint>
#include <optional>
#include <string>

#include "wasm/core/joined.h"
#include "wasm/open/open-parts.h"
#include "wasm/stores/cloudflare-kv/cloudflare-kv-store.h"
#include "wasm/stores/durable-object/catalog-calls.h"
#include "wasm/stores/durable-object/durable-object-store.h"
#include "wasm/stores/memory/memory-store.h"
#include "wasm/stores/redis/redis-store.h"
#include "wasm/text/json-object.h"

namespace kvista {
namespace {

constexpr double kDefaultMaxBytes = 64.0 * 1024 * 1024;
// Workers KV takes one write a second of a key.
constexpr double kDefaultWriteIntervalMs = 1000;
constexpr double kMaxWriteIntervalMs = 60'000;
constexpr double kDefaultShards = 4;
// The linear memory has 4 GiB at most, for what is in flight as well. Holes between records, which
// are not counted, take half as much more at random, and as much again and more in the worst order
// known (tests/node/boundary/memory-limit.test.ts).
constexpr double kLargestMaxBytes = 1.5 * 1024 * 1024 * 1024;

// A whole number from `least` to `most`, or `otherwise` if the member is missing.
Result<double> wholeNumber(const JsonObject& config, std::string_view member, double least,
                           double most, double otherwise) {
  const std::optional<JsonText> found = config.find(member);
  if (!found) return otherwise;
  const std::optional<double> number = found->number();
  if (!number || !(*number >= least && *number <= most && std::floor(*number) == *number)) {
    return wrongOption(member, joined({"a whole number from ", static_cast<std::int64_t>(least),
                                       " to ", static_cast<std::int64_t>(most)}));
  }
  return *number;
}

Result<std::shared_ptr<Store>> openMemory(const JsonObject& config) {
  Result<double> maxBytes = wholeNumber(config, "maxBytes", 1, kLargestMaxBytes, kDefaultMaxBytes);
  if (!maxBytes) return std::unexpected(std::move(maxBytes.error()));
  const std::optional<JsonText> eviction = config.find("eviction");
  if (eviction && eviction->string() != "lru") return wrongOption("eviction", "\"lru\"");
  return std::make_shared<MemoryStore>(static_cast<std::size_t>(*maxBytes), eviction.has_value());
}

std::shared_ptr<Store> openRedis(StoreKind kind, const JsonObject& config) {
  const auto isSet = [&](std::string_view member) {
    const std::optional<JsonText> found = config.find(member);
    return found && found->text == "true";
  };
  const std::optional<JsonText> prefix = config.find("clientPrefix");
  return std::make_shared<RedisStore>(
      RedisConfig{.kind = kind,
                  .isCluster = isSet("cluster"),
                  .keyPrefix = prefix ? prefix->string().value_or("") : "",
                  .addsKeyPrefix = isSet("addsClientPrefix")});
}

}  // namespace

Result<std::shared_ptr<Store>> openOutside(std::string_view kind, const JsonObject& config) {
  if (kind == "memory") return openMemory(config);
  if (kind == "cloudflare-kv" || kind == "cloudflare-kv-like") {
    Result<double> interval =
        wholeNumber(config, "writeIntervalMs", 0, kMaxWriteIntervalMs, kDefaultWriteIntervalMs);
    if (!interval) return std::unexpected(std::move(interval.error()));
    return std::make_shared<CloudflareKvStore>(*interval, kind == "cloudflare-kv");
  }
  if (kind == "durable-object") {
    Result<double> shards = wholeNumber(config, "catalogShards", 1, kMaxShards, kDefaultShards);
    if (!shards) return std::unexpected(std::move(shards.error()));
    return std::make_shared<DurableObjectStore>(static_cast<std::uint32_t>(*shards));
  }
  if (kind == "redis") return openRedis(StoreKind::kRedis, config);
  if (kind == "ioredis") return openRedis(StoreKind::kIoRedis, config);
  if (kind == "redis-like") return openRedis(StoreKind::kRedisLike, config);
  return wrongOption("kind", "a kind of store that kvista has");
}

}  // namespace kvista
