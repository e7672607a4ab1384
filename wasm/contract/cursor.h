// The cursor of a page: where a listing goes on. It grants nothing: the store, the namespace and
// the prefix come from the call, and a cursor is checked against them. It is neither secret nor
// signed.
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
// The longest payload that fits into kMaxCursorChars beside the 14 bytes of the other fields.
inline constexpr std::size_t kMaxCursorPayloadBytes = kMaxCursorChars / 4 * 3 - 14;

// Returns the FNV-1a hash of 64 bits (http://www.isthe.com/chongo/tech/comp/fnv/). `hash` is that
// of the bytes before, if there are any.
[[nodiscard]] std::uint64_t fnv1a(std::string_view bytes, std::uint64_t hash = 0xCBF29CE484222325);

// The listing that a cursor belongs to. It views the caller's text.
struct Listing {
  std::uint8_t storeKind = 0;
  std::string_view nameSpace{};
  std::string_view prefix{};
};

// Returns the cursor that goes on at `payload`. REQUIRES: `payload` is at most
// kMaxCursorPayloadBytes, because decodeCursor refuses a longer one; and it does not hold the
// namespace, which callers must not see.
[[nodiscard]] std::string encodeCursor(const Listing& listing, std::string_view payload);

// Returns the payload of a cursor that encodeCursor made for the same listing, in this process or
// another. Fails with INVALID_ARGUMENT for any other text.
[[nodiscard]] Result<std::string> decodeCursor(const Listing& listing, std::string_view text);

// Returns INVALID_ARGUMENT, for a cursor whose payload the store did not make: anybody can make
// one.
[[nodiscard]] std::unexpected<Error> malformedCursor();

}  // namespace kvista
