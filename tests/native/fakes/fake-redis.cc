#include "tests/native/fakes/fake-redis.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "tests/native/fakes/redis-words.h"
#include "tests/native/support/sha1-hex.h"
#include "wasm/stores/redis/redis-slot.h"

namespace kvista::test {
namespace {

constexpr std::size_t kFirstPort = 7000;

std::string redirect(const char* how, std::uint32_t slot, const std::string& name) {
  return std::string(how) + " " + std::to_string(slot) + " " + name;
}

}  // namespace

FakeRedis::FakeRedis(std::function<double()> nowMs, std::vector<FakeScript> scripts,
                     std::size_t masters)
    : nowMs_(std::move(nowMs)), scripts_(std::move(scripts)), isCluster_(masters > 0) {
  const std::size_t count = std::max<std::size_t>(masters, 1);
  for (std::size_t i = 0; i < count; ++i) addMaster();
  // As `redis-cli --cluster create` deals them out.
  for (std::size_t i = 0; i < count; ++i) {
    const double end = static_cast<double>((i + 1) * kRedisSlots) / static_cast<double>(count);
    owners_.resize(static_cast<std::size_t>(std::lround(end)), i);
  }
}

std::size_t FakeRedis::addMaster() {
  const std::string name = "127.0.0.1:" + std::to_string(kFirstPort + addresses_++);
  nodes_.push_back(
      std::make_unique<FakeRedisNode>(nowMs_, scripts_, name, 1000 * nodes_.size() + 1));
  return nodes_.size() - 1;
}

void FakeRedis::beginMove(std::uint32_t slot, std::size_t to) {
  if (ownerOf(slot) == to) throw std::logic_error("the slot is there already");
  moves_.insert_or_assign(slot, to);
}

void FakeRedis::moveKey(const std::string& key) {
  const std::uint32_t slot = redisSlotOf(key);
  FakeRedisNode& from = node(ownerOf(slot));
  if (const RedisCell* cell = from.keys.find(key)) node(moves_.at(slot)).keys.put(key, *cell);
  from.keys.erase(key);
}

std::size_t FakeRedis::moveKeys(std::uint32_t slot, std::size_t most) {
  std::size_t moved = 0;
  for (const std::string& key : node(ownerOf(slot)).keys.all()) {
    if (moved == most || redisSlotOf(key) != slot) continue;
    moveKey(key);
    ++moved;
  }
  return moved;
}

void FakeRedis::endMove(std::uint32_t slot) {
  moveKeys(slot, node(ownerOf(slot)).keys.size());
  owners_.at(slot) = moves_.at(slot);
  moves_.erase(slot);
}

void FakeRedis::promote(std::size_t index, double lostMs) {
  node(index).restart("127.0.0.1:" + std::to_string(kFirstPort + addresses_++), lostMs);
}

void FakeRedis::restart(std::size_t index, double lostMs) {
  node(index).restart(node(index).name, lostMs);
}

// `getNodeByQuery` of https://github.com/redis/redis/blob/7.0/src/cluster.c
std::optional<Resp> FakeRedis::redirection(std::size_t index, const Words& words, bool isAsking) {
  const std::vector<std::string> keys = FakeRedisNode::keysOf(words);
  if (keys.empty()) return std::nullopt;
  const std::uint32_t slot = redisSlotOf(keys.front());
  if (std::ranges::any_of(keys, [&](const auto& key) { return redisSlotOf(key) != slot; })) {
    return respError("CROSSSLOT Keys in request don't hash to the same slot");
  }
  if (isDown) return respError("CLUSTERDOWN The cluster is down");
  const auto move = moves_.find(slot);
  const bool isImported = move != moves_.end() && move->second == index;
  const auto isMissing = [&](const std::string& key) {
    return node(index).keys.find(key) == nullptr;
  };
  const bool lacksAny = move != moves_.end() && std::ranges::any_of(keys, isMissing);
  const std::size_t owner = ownerOf(slot);
  if (owner == index) {
    if (!lacksAny) return std::nullopt;
    return respError(redirect("ASK", slot, node(move->second).name));
  }
  if (isImported && isAsking) {
    if (keys.size() == 1 || !lacksAny) return std::nullopt;
    return respError("TRYAGAIN Multiple keys request during rehashing of slot");
  }
  return respError(redirect("MOVED", slot, node(owner).name));
}

Resp FakeRedis::ask(std::size_t index, const Words& words, bool isAsking) {
  const std::string command = lowerCase(words.at(0));
  if (command == "cluster") {
    if (!isCluster_) return respError("ERR This instance has cluster support disabled");
    const std::string what = words.size() > 1 ? lowerCase(words[1]) : "";
    if (what == "nodes") return respText(nodesAsSeenBy(index));
    return respError("ERR unknown subcommand '" + what + "'. Try CLUSTER HELP.");
  }
  if (isCluster_) {
    if (auto elsewhere = redirection(index, words, isAsking)) return *elsewhere;
  }
  return node(index).perform(words);
}

std::string FakeRedis::idOf(std::size_t index) { return sha1Hex("node " + std::to_string(index)); }

std::string FakeRedis::nodesAsSeenBy(std::size_t index) const {
  std::string lines;
  for (std::size_t i = 0; i < nodes_.size(); ++i) {
    lines += idOf(i) + " " + nodes_[i]->name + "@1" + nodes_[i]->name.substr(10) +
             (i == index ? " myself,master" : " master") + " - 0 0 " + std::to_string(i + 1) +
             (nodes_[i]->isUp ? " connected" : " disconnected");
    for (std::uint32_t slot = 0; slot < kRedisSlots; ++slot) {
      if (owners_[slot] != i) continue;
      const std::uint32_t first = slot;
      while (slot + 1 < kRedisSlots && owners_[slot + 1] == i) ++slot;
      lines += " " + std::to_string(first);
      if (slot > first) lines += "-" + std::to_string(slot);
    }
    // A node tells of its own moves only.
    for (const auto& [slot, to] : moves_) {
      const std::string number = std::to_string(slot);
      if (i == index && owners_[slot] == i) lines += " [" + number + "->-" + idOf(to) + "]";
      if (i == index && to == i) lines += " [" + number + "-<-" + idOf(owners_[slot]) + "]";
    }
    lines += "\n";
  }
  return lines;
}

}  // namespace kvista::test
