#include "wasm/stores/durable-object/object-head.h"

#include "wasm/contract/limits.h"
#include "wasm/core/bytes.h"
#include "wasm/core/joined.h"

namespace kvista {
namespace {
constexpr std::uint8_t kFormat = 3;
constexpr int kLive = 1;
constexpr int kListedUntil = 2;
constexpr int kExpiresAt = 4;
constexpr int kAlarmAt = 8;
constexpr int kChunks = 16;
constexpr int kAllBits = 31;
// More than any value was ever cut into.
constexpr std::uint32_t kMaxChunks = 1024;
}  // namespace

std::string chunkName(std::uint32_t index) { return joined({"chunk:", index}); }

std::string encodeHead(const ObjectHead& head) {
  constexpr std::size_t kFixedBytes = 46;
  ByteWriter out;
  out.reserve(kFixedBytes + head.key.size());
  const auto isSet = [](double time) { return time < kNever; };
  const int bits = (head.live ? kLive : 0) | (isSet(head.listedUntil) ? kListedUntil : 0) |
                   (isSet(head.expiresAt) ? kExpiresAt : 0) |
                   (isSet(head.alarmAtMs) ? kAlarmAt : 0) | (head.chunks > 0 ? kChunks : 0);
  out.u8(kFormat).u8(static_cast<std::uint8_t>(bits)).u32(head.shard).f64(head.generation);
  if ((bits & kListedUntil) != 0) out.f64(head.listedUntil);
  if ((bits & kExpiresAt) != 0) out.f64(head.expiresAt);
  if ((bits & kAlarmAt) != 0) out.f64(head.alarmAtMs);
  if ((bits & kChunks) != 0) out.u32(head.valueBytes).u32(head.chunks);
  out.raw(head.key.data(), head.key.size());
  return out.take();
}

std::optional<ObjectHead> decodeHead(std::string_view meta, std::string_view value) {
  ByteReader in(meta);
  if (in.u8() != kFormat) return std::nullopt;
  const std::uint8_t bits = in.u8();
  if (bits > kAllBits) return std::nullopt;
  std::optional<ObjectHead> decoded(std::in_place);
  ObjectHead& head = *decoded;
  head.live = (bits & kLive) != 0;
  head.shard = in.u32();
  head.generation = in.f64();
  if ((bits & kListedUntil) != 0) head.listedUntil = in.f64();
  if ((bits & kExpiresAt) != 0) head.expiresAt = in.f64();
  if ((bits & kAlarmAt) != 0) head.alarmAtMs = in.f64();
  head.valueBytes = static_cast<std::uint32_t>(value.size());
  if ((bits & kChunks) != 0) {
    head.valueBytes = in.u32();
    head.chunks = in.u32();
  }
  head.key = in.rest();
  head.inlineValue = value;
  const bool isChunked = (bits & kChunks) != 0;
  if (!in.ok() || head.key.empty() || isChunked != (head.chunks > 0)) return std::nullopt;
  const bool isPossible = head.valueBytes <= kMaxValueBytes && head.chunks <= kMaxChunks;
  if (isChunked && (!value.empty() || !isPossible)) return std::nullopt;
  return decoded;
}

}  // namespace kvista
