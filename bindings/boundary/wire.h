// What crosses between the core and JavaScript beside a request's bytes (wasm/core/message.h):
// where an outcome lies, what an operation asks of its host, and the replies. Numbers are
// little-endian; an address is an offset into the linear memory. (Twin: bindings/boundary/wire.ts.)
//
//   outcome  at kv_outcome():
//       0 u32 kind (0 answered, 1 suspended, 2 ignored)   4 u32 slot          8 u32 sequence
//      12 u32 flags (1 failed, 2 present, 4 has a cursor, 8 follow-up, 16 retryable, 32 the value
//      is
//             the text that was kept of the last reply)
//      16 u32 code
//      20 u32 key count   24 u32 item count   28 u32 request count
//      32 f64 expires at (infinity: never)    40 f64 number
//      48 text value     56 text version      64 text keys      72 text cursor     80 text items
//      88 text message   96 text hint        104 text head     112 u32 address of the requests
//   text     := u32 address, u32 bytes
//   request  := u32 verb, u32 flags (1 the value is the operation's own, 2 its text may be kept,
//               4 the key is the operation's own, 8 it is a constant), f64 number, text key, text
//               value, text meta
//                                                                                      (40 bytes)
//   replies  := reply*, one for each request, packed
//   reply    := u32 bits (1 failed, 2 present, 4 text kept, 8… failure flags), f64 number,
//               u32 value length, u32 meta length, u32 extra length, value, meta, extra
//   items    := item*: u8 1, u8 code, u8 retryable, text message, text hint | u8 0, u8 present, f64
//   expires at,
//               text value; here a text is u32 bytes and the bytes
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "wasm/core/host.h"

namespace kvista::wire {

struct Text {
  std::uint32_t address = 0;
  std::uint32_t bytes = 0;
};

struct StepResult {
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
static_assert(offsetof(StepResult, expiresAt) == 32 && offsetof(StepResult, value) == 48 &&
              offsetof(StepResult, requests) == 112);

inline constexpr std::uint32_t kFailed = 1;
inline constexpr std::uint32_t kPresent = 2;
inline constexpr std::uint32_t kHasCursor = 4;
inline constexpr std::uint32_t kFollowUp = 8;
inline constexpr std::uint32_t kRetryable = 16;
inline constexpr std::uint32_t kTextKept = 32;

inline constexpr std::uint32_t kOwnValue = 1;
inline constexpr std::uint32_t kMayKeepText = 2;
inline constexpr std::uint32_t kOwnKey = 4;
inline constexpr std::uint32_t kConstantKey = 8;

struct HostRequest {
  std::uint32_t verb = 0;
  std::uint32_t flags = 0;
  double number = 0;
  Text key, value, meta;
};
static_assert(sizeof(HostRequest) == 40 && offsetof(HostRequest, key) == 16);

// Nothing if the bytes are not `count` replies and no more. The replies view the bytes.
[[nodiscard]] std::optional<std::vector<HostReply>> decodeReplies(std::string_view bytes,
                                                                  std::size_t count);

}  // namespace kvista::wire
