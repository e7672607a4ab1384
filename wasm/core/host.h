// What a store asks of the world outside, and what it is told: plain data, one struct each way. Who
// performs it (a Workers KV binding, an object's storage, a fake in a test) is not known here.
#pragma once

#include <cstdint>
#include <string_view>

namespace kvista {

// The longest timer of a host, in milliseconds: JavaScript's setTimeout() fires at once for a longer
// one. A kSleep that is longer ends after this time.
inline constexpr double kLongestTimerMs = 0x7fff'ffff;

// The numbers are the wire's (twin: `verb` in bindings/boundary/wire.ts). Which fields of the
// request and the reply a verb uses stands behind it; `present` is false for what does not exist.
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
  kSql = 8,       // key: one statement, a constant; meta: its parameters; number: 1 if its rows are
                  // wanted → value: its rows (wasm/stores/durable-object/sql.h)
  kSetAlarm = 9,  // number: Unix milliseconds
  kEmpty = 10,    // removes all that is stored, and the alarm
  kLock = 11,     // number: wait at most until then (Unix ms) → granted until the operation ends
  kCommand = 12,  // key: words, each followed by NUL; an empty one stands for `value`; number:
                  // which of them (from 1) is the key that routes it, or 0; meta: a node's name, to
                  // ask that one → present: not nil; number: an integer; value: text, or an array's
                  // texts, packed (stores/redis-command.h); extra: not empty if it may have been
                  // sent again
  kNodes = 13,    // → value: the names of a cluster's masters, each followed by NUL
  // In a directory (stores/file-store.h). Requests of one step are performed in order, each when
  // the one before has succeeded; those behind a failure fail with ECANCELED. A kWrite, which
  // disturbs nobody, begins at once. `key` is a path relative to the directory. A stat is that of
  // stores/file-stat.h; an entry is the path of a file, followed by NUL.
  //   kRead: number: at most so many bytes; value: a second path, looked for letter by letter if
  //     there is nothing at the first → value, meta: stat
  //   kWrite: writes aside; number: the mtime in seconds, or 0; meta: f64 mode, f64 1 if synced
  //   kRemove: value: a second path, looked for letter by letter; number: 1 if it is synced;
  //     meta: a stat, without which the file stays
  //   kScan → value: entries; number: not 0 if a value with an expiry was ever written
  //   kLock: key: a name; number: wait at most until then → held until released, or until the
  //     operation ends
  kUnlock = 20,
  kRename = 21,    // what was written aside gets that path; value, number: as of kRemove
  kStatMany = 22,  // value: paths, each followed by NUL → value: stats, or zeros
  kWalk = 23,      // number: how many → value, meta: the next of one walk for all calls
  kOpen = 24,     // makes it ready and tries the file system. key: a name; value: the same in other
                  // letters; meta: f64 mode, f64 1 if the directory is made, f64 1 if it and what
                  // lies in .kvista are synced; number: as of kWrite →
                  // value: the names that are found; present: also by the other letters; meta: stat
                  // of what was written; number: as of kScan
  kHolders = 25,  // → value: for each lock that is not certainly a dead owner's its path and its
                  // owner, each followed by NUL; meta: for each f64 1 if the owner lives for
                  // certain, f64 seconds since it last showed itself; number: a lock's lease in
                  // seconds
};

// The views belong to the operation that asks and live until it is resumed.
struct HostRequest {
  Verb verb = Verb::kRead;
  std::string_view key{};
  std::string_view value{};
  std::string_view meta{};
  double number = 0;
  // The host may keep a value that it has as text, and say so (`textKept`) instead of giving it.
  bool mayKeepText = false;
  // `key` is a constant of the program: hosts may know it by its address.
  bool isKeyConstant = false;
};

namespace failure {
inline constexpr std::uint32_t kRetryable = 1;   // the platform says that trying again may help
inline constexpr std::uint32_t kOverloaded = 2;  // the platform says not to try again
inline constexpr std::uint32_t kRemote = 4;      // the other side's code threw
inline constexpr std::uint32_t kSentAgain = 8;   // it may be of a repetition by the client itself
}  // namespace failure

// The views live until the operation's next request, or until its answer has been read. A failed
// reply holds what the host threw, as "Name: message", in `value`.
struct HostReply {
  bool failed = false;
  bool present = false;
  bool textKept = false;
  std::uint32_t failureFlags = 0;
  double number = 0;
  std::string_view value{};
  std::string_view meta{};
  std::string_view extra{};
};

}  // namespace kvista
