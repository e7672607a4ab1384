// What a store asks of its host and what the host replies: plain data, one struct each way. A host
// performs requests on a Workers KV binding, the storage of an object, a Redis client, a directory,
// or in a test on a fake; which one is not known here.
//
// An operation hands its host one or several requests at once, which is a step. The host performs
// all of them, in any order or at the same time unless a verb says otherwise, and replies to each.
#pragma once

#include <cstdint>
#include <string_view>

namespace kvista {

// The longest timer of a host, in milliseconds: JavaScript's setTimeout() fires at once if it is
// given a longer one. A kSleep that is longer ends after this time.
inline constexpr double kLongestTimerMs = 0x7fff'ffff;

// What a request asks for. The table says which fields of the request and of its reply a verb uses;
// the others are empty. `present` is false for what does not exist. "Names" are texts that are each
// followed by NUL.
//
//   verb       request                               reply
//   kSleep     number: milliseconds
//   kRead      key                                   present, value, meta
//   kReadMany  value: names of keys                  value: packed (cloudflare-kv-store.h)
//   kWrite     key, value, meta;
//              number: seconds to live, or 0
//   kRemove    key
//   kScan      key: prefix; meta: cursor;            value: names of keys; meta: their metadata,
//              number: limit                         as names; extra: the next cursor;
//                                                    present: there is a next page
//   kCall      key: name of the object; number: 0    meta, value: the answer
//              an object, 1 a shard of the catalog;
//              meta, value: the request
//   kSql       key: one statement, a constant;       value: its rows
//              meta: its parameters; number: 1 if    (sql.h)
//              its rows are wanted, or 0
//   kSetAlarm  number: Unix milliseconds
//   kEmpty     removes all that is stored, and the alarm
//   kLock      number: waits at most until then,     success: the operation holds the object's lock
//              in Unix milliseconds                  until it ends
//   kCommand   key: names that are the words of a    present: the reply is not nil; number: an
//              command; an empty one stands for      integer; value: a text, or the packed texts of
//              `value`; number: which word is the    an array (redis-command.h);
//              key that routes it, from 1, or 0;     extra: not empty if the client may have sent
//              meta: the node to ask, or empty       the command more than once
//   kNodes                                           value: names of a cluster's masters
//
// In a directory the verbs differ. The requests of one step are performed in order, each after the
// one before it has succeeded; those behind one that failed fail with ECANCELED. Only a kWrite,
// which no other process sees, begins at once. A path is relative to the directory. An entry is the
// path of a file. A stat is that of file-stat.h. A second path is one that another program would
// use for the same key; it is compared letter by letter, even if the file system tells no case
// apart.
//
//   verb       request                               reply
//   kRead      key: path; value: second path, used   value, meta: stat
//              if there is nothing at the first;
//              number: at most so many bytes
//   kWrite     writes `value` aside; number: the
//              mtime in seconds, or 0; meta: f64
//              mode, f64 1 if it is synced
//   kRemove    key: path; value: second path, which
//              is removed too; number: 1 if it is
//              synced; meta: a stat: a file with
//              another one stays
//   kScan                                            value: entries, as names; number: not 0 if a
//                                                    value with an expiry was ever written
//   kLock      key: name; number: waits at most      success: held until kUnlock, or until the
//              until then, in Unix milliseconds      operation ends
//   kUnlock    key: name
//   kRename    key: path for what was written
//              aside; value, number: as of kRemove
//   kStatMany  value: paths, as names                value: stats, all zero for what is not there
//   kWalk      number: how many                      value: the next entries, as names, of one walk
//                                                    that all calls share; meta: their stats
//   kOpen      makes the directory ready and tries   value: names that were found; present: found
//              the file system. key: a name; value:  by the other letters as well; meta: stat of
//              the same in other letters; number:    what was written; number: as of kScan
//              as of kWrite; meta: f64 mode, f64 1
//              if the directory is made, f64 1 if
//              it and .kvista are synced
//   kHolders                                         value: for each lock whose owner is not
//                                                    certainly dead its path and its owner, as
//                                                    names; meta: for each f64 1 if the owner
//                                                    certainly lives, f64 seconds since it last
//                                                    showed itself; number: the lease of a
//                                                    lock in seconds
//
// The numbers are the wire's (twin: `verb` in bindings/boundary/host-request.ts).
enum class Verb : std::uint8_t {
  kSleep = 1,
  kRead = 2,
  kReadMany = 3,
  kWrite = 4,
  kRemove = 5,
  kScan = 6,
  kCall = 7,
  kSql = 8,
  kSetAlarm = 9,
  kEmpty = 10,
  kLock = 11,
  kCommand = 12,
  kNodes = 13,
  kUnlock = 20,
  kRename = 21,
  kStatMany = 22,
  kWalk = 23,
  kOpen = 24,
  kHolders = 25,
};

// One request to the host. Its views belong to the operation that asks, and live until the
// operation is resumed.
struct HostRequest {
  Verb verb = Verb::kRead;
  std::string_view key{};
  std::string_view value{};
  std::string_view meta{};
  double number = 0;
  // The host may keep a value that it has as text, and reply `textKept` instead of the value.
  bool mayKeepText = false;
  // `key` is a constant of the program, so a host may recognise it by its address.
  bool isKeyConstant = false;
};

// What a host knows of a failure beside its text (HostReply::failureFlags). Cloudflare documents
// the first three: https://developers.cloudflare.com/durable-objects/best-practices/error-handling/
namespace failure {
inline constexpr std::uint32_t kRetryable = 1;   // the platform says that trying again may help
inline constexpr std::uint32_t kOverloaded = 2;  // the platform says not to try again
inline constexpr std::uint32_t kRemote = 4;      // the other side's code threw
inline constexpr std::uint32_t kSentAgain = 8;   // the client may have sent it more than once
}  // namespace failure

// The reply to one request. Its views live until the operation's next step, or until its answer has
// been read. The `value` of a reply that failed is what the host threw, as "Name: message".
struct HostReply {
  bool failed = false;
  bool present = false;
  bool textKept = false;  // the host keeps the value, which `value` then does not hold
  std::uint32_t failureFlags = 0;
  double number = 0;
  std::string_view value{};
  std::string_view meta{};
  std::string_view extra{};
};

}  // namespace kvista
