#include "tests/native/fakes/fake-redis-scripts.h"

#include "tests/native/support/sha1-hex.h"
#include "wasm/stores/redis/redis-scripts.h"

namespace kvista::test {
namespace {

Resp entry(FakeRedisNode& redis, const Words& keys, const Words& /*arguments*/) {
  const Resp value = redis.perform({"get", keys.at(0)});
  if (value.isError() || value.isNil()) return value;
  Resp expiry = redis.perform({"pexpiretime", keys[0]});
  if (expiry.isError()) {
    expiry = redis.perform({"pttl", keys[0]});
    if (expiry.integer >= 0) {
      const Resp now = redis.perform({"time"});
      expiry.integer +=
          std::stoll(now.items[0].text) * 1000 + std::stoll(now.items[1].text) / 1000 - 2;
    }
  }
  return respArray({value, respText(std::to_string(expiry.integer))});
}

Resp compare(FakeRedisNode& redis, const Words& keys, const Words& arguments) {
  const Resp value = redis.perform({"get", keys.at(0)});
  if (value.isError()) return value;
  if (value.isNil()) return respInteger(0);
  if (sha1Hex(value.text).substr(0, 32) != arguments.at(0)) return respInteger(1);
  Words change{arguments.size() == 1 ? "del" : "set", keys[0]};
  change.insert(change.end(), arguments.begin() + 1, arguments.end());
  const Resp done = redis.perform(change);
  return done.isError() ? done : respInteger(2);
}

}  // namespace

std::vector<FakeScript> fakeRedisScripts() {
  return {{std::string(kEntryScript.text), &entry}, {std::string(kCompareScript.text), &compare}};
}

}  // namespace kvista::test
