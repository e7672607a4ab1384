#include "wasm/stores/object-head.h"

#include "wasm/core/bytes.h"
#include "wasm/text/joined.h"

namespace kvista {
namespace {
constexpr std::uint8_t kFormat = 1;
}  // namespace

std::string chunkName(std::uint32_t index) { return joined({"chunk:", index}); }

std::string encodeHead(const ObjectHead& head) {
  ByteWriter out;
  out.u8(kFormat).u8(head.live ? 1 : 0).u32(head.shard).f64(head.generation);
  out.f64(head.listedUntil).f64(head.expiresAt).f64(head.alarmAtMs);
  out.u32(head.valueBytes).u32(head.chunks).bytes(head.key);
  out.raw(head.inlineValue.data(), head.inlineValue.size());
  return out.take();
}

std::optional<ObjectHead> decodeHead(std::string_view bytes) {
  ByteReader in(bytes);
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
  head.inlineValue = in.raw(head.chunks == 0 ? head.valueBytes : 0);
  if (!in.ok() || !in.atEnd()) return std::nullopt;
  return head;
}

}  // namespace kvista
