// Random operations against a std::map. A failure prints its seed; KVISTA_SEED replays it, and
// KVISTA_ROUNDS sets how many operations each store gets.
#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <map>
#include <random>
#include <set>

#include <catch2/catch_test_macros.hpp>

#include "tests/native/support/backend.h"
#include "tests/native/support/random-input.h"
#include "wasm/contract/version.h"
#include "wasm/store/store.h"
#include "wasm/stores/redis/redis-slot.h"
#include "wasm/text/merge-patch.h"

using namespace kvista;
using namespace kvista::test;

namespace {

std::uint64_t fromEnvironment(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

struct Live {
  std::string value;
  std::optional<std::int64_t> expiresAt;
};

class Model {
 public:
  Model(Backend& backend, std::uint64_t seed) : backend_(backend), random_(seed) {}

  void round() {
    keepOffSeconds();
    expire();
    switch (random_.pick(backend_.kind == "cloudflare-kv" ? 9 : 12)) {
      case 0:
        return checkGet(random_.anyKey());
      case 1:
      case 2:
        return doSet(random_.anyKey());
      case 3:
        return doDelete(random_.anyKey());
      case 4:
        return checkList(random_.anyPrefix());
      case 5:
        return checkPages(random_.anyPrefix());
      case 6:
        return checkMany();
      case 7:
        return doSetMany();
      case 8:
        return backend_.loop.advance(static_cast<double>(random_.pick(3000)));
      case 9:
        return doCompareAndSet(random_.anyKey());
      case 10:
        return doPatch(random_.anyKey());
      default:
        return doConditionalDelete(random_.anyKey());
    }
  }

  // With faults: an unknown outcome is the old state or the new one, and the store says which.
  bool mayFail = false;

 private:
  void expire() {
    std::erase_if(model_, [&](const auto& one) {
      return one.second.expiresAt &&
             backend_.loop.nowMs() >= static_cast<double>(*one.second.expiresAt) * 1000;
    });
  }
  // Where operations take time nothing is asked around a whole second, in which a key expires;
  // Redis keeps it through that millisecond.
  void keepOffSeconds() {
    if (backend_.kind != "file" && !backend_.kind.starts_with("redis")) return;
    const double phase = std::fmod(backend_.loop.nowMs(), 1000);
    if (phase < 1 || phase > 900) backend_.loop.advance(1001 - (phase < 1 ? phase + 1000 : phase));
  }
  [[nodiscard]] bool isOrdered() const {
    return (backend_.capabilities() & capability::kOrderedPages) != 0;
  }
  void put(const std::string& key, std::string value, std::optional<std::int64_t> expiresAt) {
    model_[key] = {std::move(value), expiresAt};
  }
  [[nodiscard]] std::vector<std::string> keysWith(const std::string& prefix) {
    expire();
    std::vector<std::string> keys;
    for (const auto& [key, live] : model_) {
      if (key.starts_with(prefix)) keys.push_back(key);
    }
    return keys;
  }

  Told run(const Call& call) {
    Call seeded = call;
    seeded.seed = random_.any();
    Told told = backend_.driver().run(seeded);
    expire();
    return told;
  }
  // Adopts what the store holds, which is what was or what `next` is; false if `told` is fine.
  bool adopt(const Told& told, const std::string& key, const std::optional<std::string>& next) {
    if (!mayFail || !told.error) return false;
    REQUIRE(told.error->code == Code::kOutcomeUnknown);
    const Told now = backend_.driver().run({.op = Op::kEntry, .key = key});
    REQUIRE(now.ok());
    expire();
    const auto old = model_.find(key);
    const bool isOld =
        now.present ? old != model_.end() && old->second.value == now.value : old == model_.end();
    const bool isNew = now.present ? next && *next == now.value : !next;
    // An unknown write with an expiry may have come and gone.
    CHECK((isOld || isNew || !now.present));
    model_.erase(key);
    if (now.present) put(key, now.value, now.expiresAt);
    return true;
  }

  // Whether success may have been told because reading found what was wanted: when the answer was
  // lost, nobody can tell who wrote it.
  [[nodiscard]] bool settled(const Told& told) const { return mayFail && told.ok(); }

  void checkGet(const std::string& key) {
    const Op op = random_.pick(2) == 0 ? Op::kGet : Op::kEntry;
    const Told told = run({.op = op, .key = key});
    REQUIRE(told.ok());
    const auto live = model_.find(key);
    REQUIRE(told.present == (live != model_.end()));
    if (!told.present) return;
    REQUIRE((told.value == live->second.value));
    // A caller of `get` is told no expiry, so a store need not look it up.
    if (op == Op::kEntry || told.expiresAt) REQUIRE(told.expiresAt == live->second.expiresAt);
    if (!told.version.empty()) REQUIRE(told.version == versionOf(told.value));
  }
  void doSet(const std::string& key) {
    Call call = set(key, random_.anyValue());
    random_.anyExpiry(call.expiryKind, call.expiry, backend_.loop.nowMs(), mayFail);
    const Told told = run(call);
    if (adopt(told, key, call.value)) return;
    REQUIRE(told.ok());
    put(key, call.value, told.expiresAt);
  }
  void doDelete(const std::string& key) {
    const Told told = run(deleteKey(key));
    if (adopt(told, key, std::nullopt)) return;
    REQUIRE(told.ok());
    model_.erase(key);
  }
  void checkList(const std::string& prefix) {
    const Told told = run(list(prefix));
    REQUIRE(told.ok());
    checkKeys(told.keys, prefix);
  }
  void checkPages(const std::string& prefix) {
    const auto limit = static_cast<double>(1 + random_.pick(5));
    std::vector<std::string> keys;
    std::optional<std::string> cursor;
    do {
      const Told told = run(page(prefix, limit, cursor));
      REQUIRE(told.ok());
      if (isOrdered()) REQUIRE(told.keys.size() <= static_cast<std::size_t>(limit));
      keys.insert(keys.end(), told.keys.begin(), told.keys.end());
      cursor = told.cursor;
    } while (cursor);
    if (!isOrdered()) {
      const std::set<std::string> each(keys.begin(), keys.end());
      keys.assign(each.begin(), each.end());
    }
    checkKeys(keys, prefix);
  }
  // After a fault a key that is gone may be listed until its object's alarm.
  void checkKeys(const std::vector<std::string>& keys, const std::string& prefix) {
    const std::vector<std::string> expected = keysWith(prefix);
    if (mayFail) {
      REQUIRE(std::ranges::includes(keys, expected));
    } else {
      REQUIRE(keys == expected);
    }
  }
  void checkMany() {
    Call call{.op = Op::kGetMany};
    for (std::uint64_t i = random_.pick(8); i > 0; --i) call.items.push_back({random_.anyKey()});
    const auto before = model_;
    const Told told = run(call);
    REQUIRE(told.ok());
    for (std::size_t i = 0; i < call.items.size(); ++i) {
      const auto live = before.find(call.items[i].key);
      // What expires while a batch is read one by one may have been there when it was its turn.
      const bool mayBeGone = live == before.end() || !model_.contains(live->first);
      if (told.items[i].present) {
        REQUIRE(live != before.end());
        REQUIRE((told.items[i].value == live->second.value));
      } else {
        REQUIRE(mayBeGone);
      }
    }
  }
  void doSetMany() {
    Call call{.op = random_.pick(3) == 0 ? Op::kDeleteMany : Op::kSetMany};
    for (std::uint64_t i = random_.pick(6); i > 0; --i) {
      Record& record = call.items.emplace_back(Record{random_.anyKey()});
      if (call.op == Op::kSetMany) {
        record.value = random_.anyValue();
        random_.anyExpiry(record.expiryKind, record.expiry, backend_.loop.nowMs(), mayFail);
      }
    }
    // With faults the fate of a key that is twice in a batch is not one of two.
    if (mayFail && call.items.size() > 1) call.items.resize(1);
    const Told told = run(call);
    if (told.error && call.items.size() == 1 &&
        adopt(told, call.items[0].key,
              call.op == Op::kSetMany ? std::optional(call.items[0].value) : std::nullopt)) {
      return;
    }
    REQUIRE(told.ok());
    for (std::size_t i = 0; i < call.items.size(); ++i) {
      const Record& record = call.items[i];
      const bool sets = call.op == Op::kSetMany;
      Told one{.done = true};
      one.error = told.items[i].error;
      if (adopt(one, record.key, sets ? std::optional(record.value) : std::nullopt)) continue;
      REQUIRE_FALSE(one.error);
      if (sets) {
        put(record.key, record.value, told.items[i].expiresAt);
      } else {
        model_.erase(record.key);
      }
    }
    expire();
  }
  [[nodiscard]] std::optional<std::string> anyVersion(const std::string& key) {
    const auto live = model_.find(key);
    switch (random_.pick(4)) {
      case 0:
        return std::nullopt;
      case 1:
        return versionOf(std::to_string(random_.pick(10)));
      default:
        return live == model_.end() ? std::nullopt : std::optional(versionOf(live->second.value));
    }
  }
  [[nodiscard]] bool holds(const std::string& key, const std::optional<std::string>& version) {
    const auto live = model_.find(key);
    if (!version) return live == model_.end();
    return live != model_.end() && versionOf(live->second.value) == *version;
  }
  void doCompareAndSet(const std::string& key) {
    Call call = compareAndSet(key, anyVersion(key), random_.anyValue());
    random_.anyExpiry(call.expiryKind, call.expiry, backend_.loop.nowMs(), mayFail);
    const bool matches = holds(key, call.extra);
    const Told told = run(call);
    if (told.code() != Code::kVersionMismatch && adopt(told, key, call.value)) return;
    if (!matches) {
      const auto live = model_.find(key);
      const bool isThere = live != model_.end() && live->second.value == call.value;
      REQUIRE((told.code() == Code::kVersionMismatch || (isThere && settled(told))));
      return;
    }
    REQUIRE(told.ok());
    put(key, call.value, told.expiresAt);
  }
  void doConditionalDelete(const std::string& key) {
    Call call = deleteKey(key);
    call.op = Op::kCompareAndDelete;
    call.extra = anyVersion(key);
    if (!call.extra) call.extra = versionOf("x");
    const bool matches = holds(key, call.extra);
    const Told told = run(call);
    if (told.code() != Code::kVersionMismatch && adopt(told, key, std::nullopt)) return;
    if (!matches) {
      const bool isGone = !model_.contains(key);
      REQUIRE((told.code() == Code::kVersionMismatch || (isGone && settled(told))));
      return;
    }
    REQUIRE(told.ok());
    model_.erase(key);
  }
  void doPatch(const std::string& key) {
    const Call call =
        patch(key, random_.pick(2) == 0 ? "{\"n\":" + std::to_string(random_.pick(100)) + "}"
                                        : "{\"m\":null,\"k\":[1]}");
    const auto live = model_.find(key);
    std::optional<std::string> merged;
    Code expected = Code::kNotFound;
    if (live != model_.end()) {
      Result<std::string> text = mergePatch(live->second.value, call.value);
      if (text)
        merged = *text;
      else
        expected = text.error().code;
    }
    const Told told = run(call);
    // The reason why a patch was refused may be lost too.
    if (told.code() == Code::kOutcomeUnknown &&
        adopt(told, key, merged || live == model_.end() ? merged : live->second.value)) {
      return;
    }
    if (!merged) {
      REQUIRE(told.code() == expected);
      return;
    }
    REQUIRE(told.ok());
    REQUIRE((told.value == *merged));
    put(key, *merged, told.expiresAt);
  }

  Backend& backend_;
  RandomInput random_;
  std::map<std::string, Live> model_;
};

using Prepare = std::function<void(Backend&, Model&, std::uint64_t seed)>;

void agrees(const char* kind, std::uint64_t rounds, const Prepare& prepare = {}) {
  const std::uint64_t seed = fromEnvironment("KVISTA_SEED", std::random_device{}());
  rounds = fromEnvironment("KVISTA_ROUNDS", rounds);
  Backend backend(kind);
  Model model(backend, seed);
  if (prepare) prepare(backend, model, seed);
  for (std::uint64_t i = 0; i < rounds; ++i) {
    INFO("KVISTA_SEED=" << seed << ", round " << i << " over " << kind);
    model.round();
  }
}

}  // namespace

TEST_CASE("The memory store agrees with a map over random operations") { agrees("memory", 20'000); }

TEST_CASE("The Workers KV store agrees with a map over random operations") {
  agrees("cloudflare-kv", 10'000, [](Backend& backend, Model&, std::uint64_t) {
    backend.kv.kv.throttles = true;
    backend.kv.kv.walksTombstones = true;
  });
}

TEST_CASE("The Durable Objects store agrees with a map over random operations") {
  agrees("durable-object", 10'000);
}

TEST_CASE("The filesystem store agrees with a map over random operations") {
  agrees("file", 10'000);
}

TEST_CASE("The Redis store agrees with a map over random operations") { agrees("redis", 10'000); }

TEST_CASE("The Redis store over a cluster agrees with a map over random operations") {
  agrees("redis-cluster", 10'000);
}

TEST_CASE("The store in an object's storage agrees with a map over random operations") {
  agrees("durable-object-storage", 10'000);
}

TEST_CASE(
    "The Durable Objects store agrees with a map while objects are aborted and calls are lost") {
  agrees("durable-object", 6'000, [](Backend& backend, Model& model, std::uint64_t seed) {
    model.mayFail = true;
    auto random = std::make_shared<std::mt19937_64>(seed);
    backend.objects.crash = [random](bool, const std::string&, const Step&, bool) {
      return (*random)() % 200 == 0;
    };
    backend.objects.fate = [random](const Passing&) {
      const Replied error = failed("Error: Network connection lost.",
                                   (*random)() % 2 == 0 ? failure::kRetryable : 0U);
      Fate fate{.delayMs = static_cast<double>((*random)() % 20)};
      if ((*random)() % 100 == 0) fate.lost = error;
      if ((*random)() % 100 == 0) fate.refused = error;
      return fate;
    };
  });
}

namespace {

// Connections are lost before or behind a command, and the client sends some again by itself.
void loseReplies(RedisHost& host, const std::shared_ptr<std::mt19937_64>& random) {
  host.fate = [random](const Asked&) {
    Fate fate{.delayMs = static_cast<double>((*random)() % 3)};
    if ((*random)() % 50 == 0) fate.lost = failed(redis_fault::kConnectionLost);
    if ((*random)() % 50 == 0) fate.refused = failed(redis_fault::kNotConnected);
    return fate;
  };
  host.sendsAgain = [random](const Asked&) {
    return (*random)() % 50 == 0 ? std::optional(5.0) : std::nullopt;
  };
}

}  // namespace

TEST_CASE("The Redis store agrees with a map while replies are lost and its server restarts") {
  agrees("redis", 6'000, [](Backend& backend, Model& model, std::uint64_t seed) {
    model.mayFail = true;
    auto random = std::make_shared<std::mt19937_64>(seed);
    loseReplies(backend.redis, random);
    backend.driver().onStep = [&backend, random](const Step&) {
      if ((*random)() % 200 == 0) backend.redis.redis->restart(0);
    };
  });
}

TEST_CASE("The Redis store over a cluster agrees with a map while slots move and masters change") {
  agrees("redis-cluster", 6'000, [](Backend& backend, Model& model, std::uint64_t seed) {
    model.mayFail = true;
    auto random = std::make_shared<std::mt19937_64>(seed);
    loseReplies(backend.redis, random);
    backend.driver().onStep = [redis = backend.redis.redis, random](const Step& step) {
      const std::uint64_t dice = (*random)() % 200;
      if (dice == 0) redis->promote((*random)() % redis->size());
      if (dice % 10 != 1) return;
      const std::size_t command = step.front().key.find('\0') + 1;
      const std::uint32_t slot = redisSlotOf(
          step.front().key.substr(command, step.front().key.find('\0', command) - command));
      if (!redis->moves().contains(slot)) {
        redis->beginMove(slot, (redis->ownerOf(slot) + 1) % redis->size());
      } else if (dice > 100) {
        redis->moveKeys(slot, 1);
      } else {
        redis->endMove(slot);
      }
    };
  });
}
