// What a store asks of the world outside, and what it is told: plain data, one struct each way. Who
// performs it (a Workers KV binding, an object's storage, a fake in a test) is not known here.
#pragma once

#include <cstdint>
#include <string_view>

namespace kvista {

// The numbers are the wire's (twin: `verb` in bindings/wire.ts). Which fields of the request and
// the reply a verb uses stands behind it; `present` is false for what does not exist.
enum class Verb : std::uint8_t {
  kSleep = 1,     // number: milliseconds
  kRead = 2,      // key → present, value, meta
  kReadMany = 3,  // value: keys, each followed by NUL → value: packed (see the store that asks)
  kWrite = 4,     // key, value, meta; number: seconds to live or 0
  kRemove = 5,    // key
  kScan = 6,      // key: prefix; meta: cursor; number: limit → value: keys, each followed by NUL;
                  // meta: their metadata likewise; extra: next cursor; present: there is more
  kCall = 7,      // key: name of the object; number: 0 object, 1 shard of the catalog; meta, value:
                  // the request → meta, value: the answer
  kSql = 8,       // key: one statement, a constant; meta: its parameters → value: its rows
                  // (wasm/stores/sql.h)
  kSetAlarm = 9,  // number: Unix milliseconds
  kEmpty = 10,    // removes all that is stored, and the alarm
  kLock = 11,     // number: wait at most until then (Unix ms) → granted until the operation ends
};

// The views belong to the operation that asks and live until it is resumed.
struct HostRequest {
  Verb verb = Verb::kRead;
  std::string_view key{};
  std::string_view value{};
  std::string_view meta{};
  double number = 0;
};

namespace failure {
inline constexpr std::uint32_t kRetryable = 1;   // the platform says that trying again may help
inline constexpr std::uint32_t kOverloaded = 2;  // the platform says not to try again
inline constexpr std::uint32_t kRemote = 4;      // the other side's code threw
}  // namespace failure

// The views live until the operation's next request, or until its answer has been read. A failed
// reply holds what the host threw, as "Name: message", in `value`.
struct HostReply {
  bool failed = false;
  bool present = false;
  std::uint32_t failureFlags = 0;
  double number = 0;
  std::string_view value{};
  std::string_view meta{};
  std::string_view extra{};
};

}  // namespace kvista
