#include "bindings/boundary/wire.h"

#include "wasm/core/bytes.h"

namespace kvista::wire {

std::optional<std::vector<HostReply>> decodeReplies(std::string_view bytes, std::size_t count) {
  std::vector<HostReply> replies;
  replies.reserve(count);
  ByteReader in(bytes);
  for (std::size_t i = 0; i < count; ++i) {
    HostReply& reply = replies.emplace_back();
    const std::uint32_t bits = in.u32();
    reply.failed = (bits & 1) != 0;
    reply.present = (bits & 2) != 0;
    reply.textKept = (bits & 4) != 0;
    reply.failureFlags = bits >> 3;
    reply.number = in.f64();
    const std::uint32_t valueBytes = in.u32();
    const std::uint32_t metaBytes = in.u32();
    const std::uint32_t extraBytes = in.u32();
    reply.value = in.raw(valueBytes);
    reply.meta = in.raw(metaBytes);
    reply.extra = in.raw(extraBytes);
  }
  if (!in.ok() || !in.atEnd()) return std::nullopt;
  return replies;
}

}  // namespace kvista::wire
