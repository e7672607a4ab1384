#include "tests/fuzz/support/engine-input.h"

#include <cmath>
#include <limits>

#include "wasm/contract/cursor.h"
#include "wasm/contract/listing.h"
#include "wasm/contract/version.h"
#include "wasm/core/bytes.h"
#include "wasm/stores/durable-object/object-head.h"

namespace kvista::fuzz {
namespace {

constexpr std::size_t kMaxTextBytes = 64;
constexpr std::size_t kMaxParts = 5;

struct Config {
  std::string_view text;
  // What the store's cursors say; anything for one without.
  StoreKind kind = StoreKind::kMemory;
};
constexpr Config kConfigs[] = {
    {R"({"kind":"memory","maxBytes":20000})"},
    {R"({"kind":"memory","maxBytes":2000,"eviction":"lru"})"},
    {R"({"kind":"cloudflare-kv"})", StoreKind::kCloudflareKv},
    {R"({"kind":"cloudflare-kv-like","writeIntervalMs":0})", StoreKind::kCloudflareKv},
    {R"({"kind":"durable-object","catalogShards":2})", StoreKind::kDurableObject},
    {R"({"kind":"durable-object-storage"})", StoreKind::kDurableObjectStorage},
    {R"({"kind":"object"})"},
    {R"({"kind":"catalog"})"},
    {R"({"kind":"redis","clientPrefix":"p:"})", StoreKind::kRedis},
    {R"({"kind":"ioredis","cluster":true})", StoreKind::kIoRedis},
    {R"({"kind":"redis-like"})", StoreKind::kRedisLike},
    {R"({"kind":"file","durability":"fsync","portableNames":true})", StoreKind::kFile},
    {R"({"kind":"file","createDirectory":false})", StoreKind::kFile},
};
constexpr std::string_view kTexts[] = {"",
                                       "a",
                                       "a/",
                                       "a/b",
                                       "b",
                                       "0",
                                       "1",
                                       "OK",
                                       "{}",
                                       R"({"a":1})",
                                       R"({"e":1800000000})",
                                       "a.json",
                                       R"({"id":"a","offset":1,"storage":{"id":"s","type":"t"}})",
                                       "%2F.json",
                                       ".kvista/x",
                                       "p:a"};
constexpr Op kOps[] = {Op::kGet,           Op::kSet,
                       Op::kDelete,        Op::kList,
                       Op::kPage,          Op::kEntry,
                       Op::kCompareAndSet, Op::kPatch,
                       Op::kGetMany,       Op::kSetMany,
                       Op::kDeleteMany,    Op::kDiagnose,
                       Op::kSweep,         Op::kCompareAndDelete,
                       Op::kObjectConfirm, Op::kObjectSettle,
                       Op::kObjectAlarm,   Op::kObjectVersion,
                       Op::kCatalogAdd,    Op::kCatalogConfirm,
                       Op::kCatalogRemove, Op::kCatalogPage,
                       Op::kCatalogRaise};
constexpr std::string_view kFailures[] = {
    "Error: ENOENT: no such file or directory",
    "Error: EEXIST: file already exists",
    "Error: ECANCELED: canceled",
    "Error: ESTALE: x",
    "ReplyError: MOVED 1 127.0.0.1:1",
    "ReplyError: NOSCRIPT No matching script",
    "ReplyError: NOPERM 'info'",
    "ReplyError: LOADING Redis is loading",
    "Error: connect ECONNREFUSED 127.0.0.1:6379",
    "Error: KV PUT failed: 429 Too Many Requests",
    "Error: KV GET failed: 500 Internal",
    "Error: Network connection lost.",
    "TypeError: x is not a function",
    "Error: SQLITE_FULL: database or disk is full",
    "Error: no such table: kvista: SQLITE_ERROR",
};

std::uint32_t length(std::string_view text) { return static_cast<std::uint32_t>(text.size()); }

void addReply(ByteWriter& out, std::uint32_t bits, double number, std::string_view value,
              std::string_view meta, std::string_view extra) {
  out.u32(bits).f64(number).u32(length(value)).u32(length(meta)).u32(length(extra));
  for (const std::string_view part : {value, meta, extra}) out.raw(part.data(), part.size());
}

}  // namespace

std::string EngineInput::text() {
  if (oneIn(4)) return in_.ConsumeRandomLengthString(kMaxTextBytes);
  return std::string(kTexts[pick(std::size(kTexts))]);
}

double EngineInput::number() {
  switch (pick(8)) {
    case 0:
      return in_.ConsumeFloatingPoint<double>();
    case 1:
      return std::numeric_limits<double>::infinity() * (oneIn(2) ? 1 : -1);
    case 2:
      return std::numeric_limits<double>::quiet_NaN();
    case 3:
      return std::floor(nowMs_ / 1000) + in_.ConsumeIntegral<std::int8_t>();
    case 4:
      return nowMs_ + in_.ConsumeIntegral<std::int16_t>();
    default:
      return in_.ConsumeIntegralInRange(-1, 5);
  }
}

std::string EngineInput::key() { return oneIn(3) ? text() : "a"; }

std::string EngineInput::version() {
  return oneIn(4) ? text() : versionOf(oneIn(2) ? writtenValue_ : text());
}

std::string EngineInput::cursor(std::string_view prefix) {
  const Listing listing{static_cast<std::uint8_t>(kind_), {}, prefix};
  const Result<std::string> told = decodeCursor(listing, toldCursor_);
  if (!told) return encodeCursor(listing, text());
  return oneIn(2) ? toldCursor_ : encodeCursor(listing, *told + text());
}

std::string EngineInput::config() {
  if (oneIn(32)) return text();
  const Config& config = kConfigs[pick(std::size(kConfigs))];
  kind_ = config.kind;
  return std::string(config.text);
}

test::Record EngineInput::item() {
  return {.key = key(),
          .value = text(),
          .expiryKind = static_cast<ExpiryKind>(pick(4)),
          .expiry = number(),
          .flags = static_cast<std::uint8_t>(oneIn(4) ? pick(256) : 0)};
}

std::string EngineInput::request(std::uint32_t store, double nowMs) {
  nowMs_ = nowMs;
  if (oneIn(32)) return in_.ConsumeRandomLengthString();
  test::Call call{.op = oneIn(32) ? static_cast<Op>(pick(256)) : kOps[pick(std::size(kOps))],
                  .key = key(),
                  .value = text()};
  if (oneIn(2)) {
    call.extra = oneIn(2) ? cursor(call.key) : version();
  }
  call.expiryKind = static_cast<ExpiryKind>(oneIn(2) ? pick(4) : 0);
  call.expiry = number();
  call.number = oneIn(4) ? number() : static_cast<double>(1 + pick(4));
  call.flags = static_cast<std::uint8_t>(oneIn(4) ? pick(32) : 0);
  call.record = static_cast<std::uint8_t>(oneIn(6) ? pick(16) : 0);
  call.nameSpace = oneIn(6) ? text() : "";
  call.deadlineMs = oneIn(16) ? number() : 10'000;
  call.seed = pick(256);
  for (std::size_t left = pick(kMaxParts); left > 0; --left) call.items.push_back(item());
  return encodeCall(call, oneIn(32) ? static_cast<std::uint32_t>(pick(4)) : store, nowMs);
}

std::string EngineInput::names() {
  std::string names;
  for (std::size_t left = pick(kMaxParts); left > 0; --left) names.append(text()).push_back('\0');
  if (oneIn(8) && !names.empty()) names.pop_back();
  return names;
}

std::string EngineInput::stat() {
  if (oneIn(8)) return text();
  ByteWriter out;
  out.f64(oneIn(2) ? number() : 1'800'000'001'000 + 1000.0 / 1024).f64(number());
  out.f64(oneIn(4) ? number() : oneIn(2) ? 0100766 : 0100666).f64(number());
  return out.take();
}

std::string EngineInput::head() {
  ObjectHead head{.live = !oneIn(4), .key = key()};
  head.shard = static_cast<std::uint32_t>(pick(4));
  head.generation = number();
  if (oneIn(2)) head.listedUntil = number();
  if (oneIn(2)) head.expiresAt = number();
  if (oneIn(2)) head.alarmAtMs = number();
  if (oneIn(4))
    head.chunks =
        static_cast<std::uint32_t>(oneIn(8) ? in_.ConsumeIntegral<std::uint32_t>() : pick(4));
  head.valueBytes =
      static_cast<std::uint32_t>(oneIn(8) ? in_.ConsumeIntegral<std::uint32_t>() : pick(8));
  return encodeHead(head);
}

std::string EngineInput::answer() {
  if (oneIn(4)) {
    const auto code = static_cast<Code>(1 + pick(14));
    return encodeAnswer(std::unexpected(Error{code, "it says " + text(), text()}));
  }
  Result<Answer> answer;
  answer->present = !oneIn(3);
  answer->number = number();
  if (oneIn(2)) answer->version = version();
  if (oneIn(3)) answer->expiresAt = in_.ConsumeIntegral<std::int64_t>();
  if (oneIn(3)) answer->cursor = text();
  for (std::size_t left = pick(kMaxParts); left > 0; --left) {
    answer->keys.append(text()).push_back('\0');
    ++answer->keyCount;
  }
  return encodeAnswer(answer);
}

std::string EngineInput::rows() {
  ByteWriter out;
  for (std::size_t left = pick(2 * kMaxParts); left > 0; --left) {
    switch (pick(8)) {
      case 0:
        out.u8(static_cast<std::uint8_t>(pick(256)));
        break;
      case 1:
        out.u8(0);
        break;
      case 2:
        out.u8(2).bytes(oneIn(2) ? writtenValue_ : text());
        break;
      case 3:
      case 4:
        out.u8(3).bytes(oneIn(2) ? writtenValue_ : text());
        break;
      default:
        out.u8(1).f64(number());
        break;
    }
  }
  return out.take();
}

std::string EngineInput::array() {
  ByteWriter out;
  for (std::size_t left = pick(2 * kMaxParts); left > 0; --left) {
    if (oneIn(6)) {
      out.u32(oneIn(2) ? 0xFFFF'FFFF : in_.ConsumeIntegral<std::uint32_t>());
    } else if (oneIn(2)) {
      out.bytes(oneIn(2) ? version() : text());
    } else {
      out.bytes(std::to_string(pick(3)));
    }
  }
  return out.take();
}

std::string EngineInput::packed(Verb verb) {
  if (oneIn(8)) verb = static_cast<Verb>(pick(26));
  switch (verb) {
    case Verb::kSql:
      return rows();
    case Verb::kCommand:
      return oneIn(3) ? "myself,master - 0 0 1 connected 0-16383\nrun_id:" + text() : array();
    case Verb::kCall:
      return answer();
    case Verb::kRead:
      return oneIn(2) ? head() : oneIn(2) ? stat() : text();
    case Verb::kStatMany:
      return stat() + stat();
    case Verb::kScan:
    case Verb::kWalk:
    case Verb::kNodes:
    case Verb::kHolders:
    case Verb::kOpen:
      return names();
    default:
      return oneIn(2) ? text() : array();
  }
}

std::string EngineInput::replies(const std::vector<HostRequest>& step, double nowMs) {
  nowMs_ = nowMs;
  if (oneIn(64)) return in_.ConsumeRandomLengthString();
  ByteWriter out;
  for (const HostRequest& request : step) {
    if (request.verb == Verb::kWrite || request.verb == Verb::kSql) {
      writtenValue_ = request.value;
      writtenMeta_ = request.meta;
    }
    if (oneIn(8)) {
      const std::string_view failure = kFailures[pick(std::size(kFailures))];
      addReply(out, 1U | static_cast<std::uint32_t>(pick(16)) << 3, 0, failure, {}, {});
      continue;
    }
    const auto bits = static_cast<std::uint32_t>((oneIn(4) ? 0 : 2) | (oneIn(16) ? 4 : 0));
    const bool isEcho = oneIn(4);
    const std::string value = isEcho ? writtenValue_ : oneIn(4) ? text() : packed(request.verb);
    const std::string meta = isEcho ? writtenMeta_ : oneIn(4) ? "" : packed(request.verb);
    addReply(out, bits, number(), value, meta, oneIn(4) ? text() : "");
  }
  return out.take();
}

std::string EngineInput::failures(const std::vector<HostRequest>& step) {
  ByteWriter out;
  for (const HostRequest& request : step) {
    addReply(out, request.verb == Verb::kSleep ? 2 : 1, 0, kFailures[8], {}, {});
  }
  return out.take();
}

}  // namespace kvista::fuzz
