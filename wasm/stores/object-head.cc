#include "wasm/stores/object-head.h"

#include "wasm/core/bytes.h"
#include "wasm/text/joined.h"

namespace kvista {
namespace {
constexpr std::uint8_t kFormat = 2;
}  // namespace

std::string chunkName(std::uint32_t index) { return joined({"chunk:", index}); }

std::string encodeHead(const ObjectHead& head) {
  constexpr std::size_t kFixedBytes = 54;
  ByteWriter out;
  out.reserve(kFixedBytes + head.key.size());
  out.u8(kFormat).u8(head.live ? 1 : 0).u32(head.shard).f64(head.generation);
  out.f64(head.listedUntil).f64(head.expiresAt).f64(head.alarmAtMs);
  out.u32(head.valueBytes).u32(head.chunks).bytes(head.key);
  return out.take();
}

std::optional<ObjectHead> decodeHead(std::string_view meta, std::string_view value) {
  ByteReader in(meta);
  if (in.u8() != kFormat) return std::nullopt;
  ObjectHead head;
  head.live = in.u8() == 1;
  head.shard = in.u32();
  head.generation = in.f64();
  head.listedUntil = in.f64();
  head.expiresAt = in.f64();
  head.alarmAtMs = in.f64();
  head.valueBytes = in.u32();
  head.chunks = in.u32();
  head.key = in.bytes();
  head.inlineValue = value;
  if (!in.ok() || !in.atEnd()) return std::nullopt;
  if (value.size() != (head.chunks == 0 ? head.valueBytes : 0)) return std::nullopt;
  return head;
}

}  // namespace kvista
