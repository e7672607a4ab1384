#include "tests/native/fakes/kv-host.h"

#include "tests/native/support/check.h"
#include "wasm/core/bytes.h"

namespace kvista::test {
namespace {

constexpr std::uint32_t kAbsent = 0xFFFFFFFF;

std::uint32_t length(std::string_view text) { return static_cast<std::uint32_t>(text.size()); }

Replied throwing(const FakeKv::Thrown& thrown) { return failed(*thrown); }

// A bulk read gives text: what is no UTF-8 comes as U+FFFD.
std::string asText(const std::string& value) {
  for (const char c : value) {
    if (static_cast<unsigned char>(c) == 0xFF) return "\xEF\xBF\xBD";
  }
  return value;
}

std::string packBulk(const std::vector<std::optional<FakeKv::Found>>& found) {
  ByteWriter out;
  for (const auto& one : found) {
    if (!one) {
      out.u32(kAbsent).u32(0);
      continue;
    }
    const std::string value = asText(one->value);
    out.u32(length(value)).u32(length(one->metadata)).raw(value.data(), value.size());
    out.raw(one->metadata.data(), one->metadata.size());
  }
  return out.take();
}

}  // namespace

std::optional<Replies> KvHost::perform(std::uint64_t /*operation*/, const Step& step,
                                       std::function<void(Replies)> later) {
  const auto done = gather(step.size(), std::move(later));
  for (std::size_t i = 0; i < step.size(); ++i) {
    const Fate decided = fate ? fate(step[i]) : Fate{};
    if (decided.silent) continue;
    loop_.after(decided.delayMs, [this, done, i, decided, asked = step[i]] {
      Replied reply = decided.refused ? *decided.refused : carryOut(asked);
      if (decided.lost) reply = *decided.lost;
      loop_.after(decided.answerDelayMs,
                  [done, i, answered = std::move(reply)] { done(i, answered); });
    });
  }
  return std::nullopt;
}

Replied KvHost::carryOut(const Asked& asked) {
  switch (asked.verb) {
    case Verb::kRead: {
      std::optional<FakeKv::Found> found;
      if (auto thrown = kv.get(asked.key, found)) return throwing(thrown);
      if (!found) return {};
      return {.present = true, .value = found->value, .meta = found->metadata};
    }
    case Verb::kReadMany: {
      std::vector<std::string> keys;
      for (std::string_view rest = asked.value; !rest.empty();) {
        keys.emplace_back(rest.substr(0, rest.find('\0')));
        rest.remove_prefix(keys.back().size() + 1);
      }
      std::vector<std::optional<FakeKv::Found>> found;
      if (auto thrown = kv.getMany(keys, found)) return throwing(thrown);
      return {.present = true, .value = packBulk(found)};
    }
    case Verb::kWrite: {
      const auto ttl = asked.number == 0 ? std::nullopt : std::optional(asked.number);
      if (auto thrown = kv.put(asked.key, asked.value, ttl, asked.meta)) return throwing(thrown);
      return {};
    }
    case Verb::kRemove:
      if (auto thrown = kv.remove(asked.key)) return throwing(thrown);
      return {};
    case Verb::kScan: {
      FakeKv::Page page;
      if (auto thrown = kv.list(asked.key, asked.number, asked.meta, page)) return throwing(thrown);
      Replied reply{.present = !page.complete, .extra = page.cursor};
      for (const FakeKv::Listed& one : page.keys) {
        reply.value.append(one.name).push_back('\0');
        reply.meta.append(one.metadata).push_back('\0');
      }
      return reply;
    }
    default:
      ensure(false, "Workers KV cannot do verb " + std::to_string(static_cast<int>(asked.verb)));
      return {};
  }
}

}  // namespace kvista::test
