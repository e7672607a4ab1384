// Many reads over Redis: one command for the keys of a slot, or for all where there are no slots.
#include <algorithm>

#include "wasm/contract/admit.h"
#include "wasm/core/joined.h"
#include "wasm/stores/redis/redis-command.h"
#include "wasm/stores/redis/redis-failures.h"
#include "wasm/stores/redis/redis-slot.h"
#include "wasm/stores/redis/redis-store.h"
#include "wasm/text/utf8.h"

namespace kvista {

Task<Answer> RedisStore::readMany(Operation& operation) {
  Result<std::vector<AdmittedItem>> items = admitItems(operation.request());
  if (!items) co_return std::unexpected(std::move(items.error()));
  bool isApart = false;
  for (int attempt = 1;; ++attempt) {
    std::vector<std::string> commands;
    // For each key its slot, and the command that reads it.
    std::vector<std::size_t> slots;
    std::vector<std::size_t> commandOf;
    slots.reserve(items->size());
    commandOf.reserve(items->size());
    for (const AdmittedItem& one : *items) {
      const std::size_t slot =
          config_.isCluster ? redisSlotOf(joined({config_.keyPrefix, one.item.fullKey})) : 0;
      const auto first = static_cast<std::size_t>(std::ranges::find(slots, slot) - slots.begin());
      std::size_t command = commands.size();
      if (first < slots.size() && !isApart) {
        command = commandOf[first];
      } else {
        addWords(commands.emplace_back(), {"mget"});
      }
      slots.push_back(slot);
      commandOf.push_back(command);
      addKey(commands[command], one.item.fullKey);
    }
    std::vector<HostRequest> asks;
    asks.reserve(commands.size());
    for (const std::string& command : commands) {
      asks.push_back({.verb = Verb::kCommand, .key = command, .number = 2});
    }
    Answer answer;
    answer.items.resize(items->size());
    std::optional<Failure> why;
    const auto replies = co_await operation.perform(asks);
    for (std::size_t command = 0; command < asks.size(); ++command) {
      if (replies[command].failed) {
        why = kRedisRetryPolicy.classify(replies[command]);
        // Of a slot on the move, no node has to know of several keys if one of them is not there. A
        // client that tries again by itself may be sent on in the end, and tells of that.
        for (const std::string_view sign : {"TRYAGAIN", "MOVED ", "ASK "}) {
          isApart = isApart || mentions(replies[command].value, sign);
        }
        break;
      }
      RedisArray values(replies[command].value);
      for (std::size_t i = 0; i < commandOf.size(); ++i) {
        if (commandOf[i] != command) continue;
        const RedisArray::Text one = values.next();
        if (one.isNil) continue;
        if (!isUtf8(one.bytes)) co_return notText();
        Result<void> ok = countValue(answer, one.bytes.size(), operation.budget());
        if (!ok) co_return std::unexpected(std::move(ok.error()));
        answer.items[i].present = true;
        answer.items[i].value = one.bytes;
      }
    }
    if (!why) co_return answer;
    auto slept = co_await pause(operation, &kRedisRetryPolicy, attempt, std::move(*why));
    if (!slept) co_return std::unexpected(std::move(slept.error()));
  }
}

}  // namespace kvista
