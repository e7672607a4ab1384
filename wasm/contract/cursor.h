// The cursor of a page: where a listing goes on. It carries no authority: the store, the namespace
// and the prefix come from the call, and a cursor is only checked against them. It is neither
// secret nor signed.
//
//   cursor   = base64url(body checksum)   ; no padding, canonical, at most 4,096 characters
//   body     = version kind listing payload
//   version  = %x01
//   kind     = OCTET                      ; the kind of store
//   listing  = 8OCTET                     ; FNV-1a 64 of: kind, the namespace's length in bytes as
//                                         ;   4 octets, namespace, prefix
//   payload  = *OCTET                     ; the store's own: the last key, or a backend's cursor
//   checksum = 4OCTET                     ; FNV-1a 64 of body, its halves joined by exclusive or
//
// Numbers are little-endian. Whoever holds a cursor can read its payload.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "wasm/core/error.h"

namespace kvista {

inline constexpr std::size_t kMaxCursorChars = 4096;
// What fits into kMaxCursorChars beside the 14 bytes of the other fields.
inline constexpr std::size_t kMaxCursorPayloadBytes = kMaxCursorChars / 4 * 3 - 14;

// FNV-1a, 64 bits: http://www.isthe.com/chongo/tech/comp/fnv/
[[nodiscard]] std::uint64_t fnv1a(std::string_view bytes, std::uint64_t hash = 0xCBF29CE484222325);

// What a cursor belongs to. It only views the caller's text.
struct Listing {
  std::uint8_t storeKind = 0;
  std::string_view nameSpace{};
  std::string_view prefix{};
};

// REQUIRES: `payload` is at most kMaxCursorPayloadBytes (decodeCursor refuses what a longer one
// gives) and does not show the namespace.
[[nodiscard]] std::string encodeCursor(const Listing& listing, std::string_view payload);

// The payload of a cursor that encodeCursor made for the same listing, perhaps in another process;
// INVALID_ARGUMENT for any other text.
[[nodiscard]] Result<std::string> decodeCursor(const Listing& listing, std::string_view text);

// INVALID_ARGUMENT, for a cursor whose payload is not one of the store's: anybody can make one.
[[nodiscard]] std::unexpected<Error> malformedCursor();

}  // namespace kvista
