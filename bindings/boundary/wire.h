// What crosses between the core and JavaScript beside the bytes of a request (wasm/core/message.h):
// what a call of the engine led to, what an operation asks of its host, and the host's replies.
// Numbers are little-endian. An address is an offset into the linear memory. A text is an address
// and a length: u32 address, u32 bytes.
//
// The result of a call lies at kv_result():
//
//   offset  type  field            meaning
//   0       u32   kind             0 answered, 1 suspended, 2 ignored
//   4       u32   slot             if suspended: with the sequence, the name of the operation
//   8       u32   sequence
//   12      u32   flags            1 failed           the code, message and hint say why
//                                  2 present
//                                  4 has a cursor
//                                  8 follow-up        the object's host starts a kObjectSettle
//                                  16 retryable       if failed: the same call may succeed later
//                                  32 text kept       the value is the text that the host kept
//   16      u32   code             if failed: Code (wasm/core/error.h)
//   20      u32   key count        in `keys`
//   24      u32   item count       in `items`
//   28      u32   request count    at `requests`
//   32      f64   expires at       Unix seconds; infinity if there is no expiry
//   40      f64   number
//   48      text  value
//   56      text  version
//   64      text  keys             each followed by NUL
//   72      text  cursor
//   80      text  items            packed, see below
//   88      text  message
//   96      text  hint
//   104     text  head             what kv_pack() made: the answer to be sent by RPC
//   112     u32   requests         the address of the requests to the host
//
// A request to the host has 40 bytes:
//
//   offset  type  field            meaning
//   0       u32   verb             Verb (wasm/core/host.h)
//   4       u32   flags            1 own value        the value is that of the operation's request
//                                  2 may keep text    the host may keep the value that it reads
//                                  4 own key          the key is the full key of the operation
//                                  8 constant key     the key is a constant of the program
//   8       f64   number
//   16      text  key
//   24      text  value
//   32      text  meta
//
// The replies are packed, one for each request and in the same order:
//
//   offset  type  field            meaning
//   0       u32   bits             bit 0 failed, bit 1 present, bit 2 text kept, from bit 3 on the
//                                  failure's flags (namespace failure in wasm/core/host.h)
//   4       f64   number
//   12      u32   value length
//   16      u32   meta length
//   20      u32   extra length
//   24            value, meta, extra, end to end
//
// The items of a batch are packed too. Here a text is u32 length and its bytes:
//
//   of a key that failed           u8 1, u8 code, u8 retryable, text message, text hint
//   of any other key               u8 0, u8 present, f64 expires at, text value
//
// Twins: bindings/boundary/call-result.ts, host-request.ts and host-reply.ts, tied by
// tests/node/boundary/golden.json.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "wasm/core/host.h"

namespace kvista::wire {

// The bytes at kv_scratch(), where JavaScript lays a small request or small replies. What is larger
// goes to kv_reserve() (twin: `scratchBytes` in bindings/boundary).
inline constexpr std::size_t kScratchBytes = 64 * 1024;

// Where a text lies.
struct Text {
  std::uint32_t address = 0;
  std::uint32_t bytes = 0;
};

// The result of a call, as it lies in memory (Engine::CallResult).
struct CallResult {
  std::uint32_t kind = 0;
  std::uint32_t slot = 0;
  std::uint32_t sequence = 0;
  std::uint32_t flags = 0;
  std::uint32_t code = 0;
  std::uint32_t keyCount = 0;
  std::uint32_t itemCount = 0;
  std::uint32_t requestCount = 0;
  double expiresAt = 0;
  double number = 0;
  Text value, version, keys, cursor, items, message, hint, head;
  std::uint32_t requests = 0;
};
static_assert(offsetof(CallResult, expiresAt) == 32 && offsetof(CallResult, value) == 48 &&
              offsetof(CallResult, requests) == 112);

// The flags of a result.
inline constexpr std::uint32_t kFailed = 1;
inline constexpr std::uint32_t kPresent = 2;
inline constexpr std::uint32_t kHasCursor = 4;
inline constexpr std::uint32_t kFollowUp = 8;
inline constexpr std::uint32_t kRetryable = 16;
inline constexpr std::uint32_t kTextKept = 32;

// The flags of a request to the host.
inline constexpr std::uint32_t kOwnValue = 1;
inline constexpr std::uint32_t kMayKeepText = 2;
inline constexpr std::uint32_t kOwnKey = 4;
inline constexpr std::uint32_t kConstantKey = 8;

// A request to the host, as it lies in memory (kvista::HostRequest).
struct HostRequest {
  std::uint32_t verb = 0;
  std::uint32_t flags = 0;
  double number = 0;
  Text key, value, meta;
};
static_assert(sizeof(HostRequest) == 40 && offsetof(HostRequest, key) == 16);

// Returns the replies that the bytes hold, or nothing if the bytes are not `count` replies and no
// more. The replies view the bytes.
[[nodiscard]] std::optional<std::vector<HostReply>> decodeReplies(std::string_view bytes,
                                                                  std::size_t count);

}  // namespace kvista::wire
