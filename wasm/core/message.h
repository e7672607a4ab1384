// The two messages of an operation, as bytes: the request that starts it and the answer that ends
// it. The same bytes cross the boundary to JavaScript, and the RPC between a Worker and an object.
// Numbers are little-endian. Lengths are in bytes. Texts are UTF-8.
//
// A request is a header of 72 bytes, and behind it its texts, end to end:
//
//   offset  type  field             meaning
//   0       u8    operation         Op
//   1       u8    flags             namespace flag
//   2       u8    expiry kind       0 none, 1 time to live, 2 moment, 3 both
//   3       u8    record use        0 none; otherwise record-use.h
//   4       u32   store             the handle that Engine::open() returned
//   8       f64   now               Unix milliseconds
//   16      f64   deadline          Unix milliseconds
//   24      f64   expiry number     seconds to live, or the moment in Unix seconds
//   32      u64   seed              of the operation's random numbers
//   40      f64   number            the limit of a page; internal calls have uses of their own
//   48      u32   namespace length
//   52      u32   key length
//   56      u32   value length
//   60      u32   extra length
//   64      u32   items length
//   68      u32   item count
//   72            namespace         the namespace of the store
//                 key               the key, or the prefix of a listing
//                 extra             the version that a conditional write expects, or the cursor of
//                                   a page; if flag::kHasExtra is set
//                 items             the items of a batch
//                 value             the value, or the patch
//
// An item of a batch:
//
//   offset  type  field             meaning
//   0       u32   key length        of the namespace and the key
//   4       u32   value length
//   8       u32   bits              bits 0-7 flags, bits 8-9 expiry kind, the others 0
//   12      f64   expiry number
//   20            namespace, key    end to end
//                 value             of a kSetMany
//
// Twins: bindings/boundary/request.ts and request-items.ts, tied by
// tests/node/boundary/golden.json.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "wasm/core/budget.h"
#include "wasm/core/error.h"

namespace kvista {

// The numbers are the wire's (twin: `op` in bindings/boundary/op.ts).
enum class Op : std::uint8_t {
  kGet = 1,
  kSet = 2,
  kDelete = 3,
  kList = 4,
  kPage = 5,
  kEntry = 6,
  kCompareAndSet = 7,
  kPatch = 8,
  kGetMany = 9,
  kSetMany = 10,
  kDeleteMany = 11,
  kDiagnose = 12,
  kCompareAndDelete = 13,
  // Removes what has expired and answers the next expiry. The owner of a store's alarm calls it.
  kSweep = 14,
  // Calls that an object serves (catalog-calls.h). The catalog asks with kObjectConfirm whether the
  // object's value lives. The object's own host calls kObjectSettle, to confirm the row of a first
  // value, and kObjectAlarm. A store that does not know the outcome of a write reads
  // kObjectVersion.
  kObjectConfirm = 32,
  kObjectSettle = 33,
  kObjectAlarm = 34,
  kObjectVersion = 35,
  // Calls that a shard of the catalog serves (catalog-calls.h).
  kCatalogAdd = 40,
  kCatalogConfirm = 41,
  kCatalogRemove = 42,
  kCatalogPage = 43,
  kCatalogRaise = 44,
};

// Returns whether the operation changes what is stored. It is the core's one list of the writes
// (twin: `writes` in bindings/contract/operations.ts, tied by `facts` in
// tests/node/boundary/golden.json).
[[nodiscard]] bool isWrite(Op op);

// Returns what a batch does with each of its keys: kGet, kSet or kDelete. REQUIRES: `batch` is
// kGetMany, kSetMany or kDeleteMany.
[[nodiscard]] Op opOfItems(Op batch);

namespace flag {
inline constexpr std::uint8_t kKeyMalformed = 1;    // the key or prefix had an unpaired surrogate
inline constexpr std::uint8_t kValueMalformed = 2;  // the value had an unpaired surrogate
inline constexpr std::uint8_t kHasExtra = 4;        // an expected version or a cursor is given
inline constexpr std::uint8_t kWantVersion = 8;     // a set answers the version of its value
inline constexpr std::uint8_t kCheckUtf8 = 16;      // the value came as bytes, perhaps not UTF-8
}  // namespace flag

enum class ExpiryKind : std::uint8_t { kNone = 0, kTtl = 1, kAt = 2, kBoth = 3 };

// The length of a request's header.
inline constexpr std::size_t kHeaderBytes = 72;

// One key of a batch. The views lie in the request's bytes.
struct Item {
  std::string_view fullKey;  // namespace and key
  std::string_view value;
  std::uint8_t flags = 0;
  ExpiryKind expiryKind = ExpiryKind::kNone;
  double expiryNumber = 0;
};

// A request, decoded. Its views lie in the bytes that it was decoded from, and live as long as
// those. It is copied out of line, which keeps the module small.
struct Request {
  [[gnu::noinline]] Request();
  [[gnu::noinline]] Request(const Request&);
  [[gnu::noinline]] Request& operator=(const Request&);
  ~Request() = default;

  Op op = Op::kGet;
  std::uint8_t flags = 0;
  ExpiryKind expiryKind = ExpiryKind::kNone;
  std::uint8_t recordUse = 0;  // record-use.h; 0: the value is not used as a record
  std::uint32_t store = 0;
  double nowMs = 0;       // Unix milliseconds
  double deadlineMs = 0;  // Unix milliseconds
  double expiryNumber = 0;
  std::uint64_t seed = 0;
  double number = 0;
  std::string_view nameSpace;
  std::string_view key;      // or the prefix of a listing
  std::string_view fullKey;  // namespace and key, end to end
  std::string_view extra;
  std::string_view items;
  std::uint32_t itemCount = 0;
  std::string_view value;
  // Unix seconds; nothing if the value does not expire. `admit` sets it.
  std::optional<std::int64_t> expiresAt;

  [[nodiscard]] bool has(std::uint8_t bit) const { return (flags & bit) != 0; }
  // Returns whether the value that is read goes to the caller unseen. A record is looked at first.
  [[nodiscard]] bool handsValueOn() const { return op == Op::kGet && recordUse == 0; }
};

// Returns the request that the bytes hold, or INVALID_ARGUMENT if they are none. It checks the form
// only; what a request may say is checked by `admit`. The request views `bytes`.
[[nodiscard]] Result<Request> decodeRequest(std::string_view bytes);

// Returns the items of a batch in their order, none for another operation, or INVALID_ARGUMENT if
// the bytes of the items are malformed. The items view the request's bytes.
[[nodiscard]] Result<std::vector<Item>> decodeItems(const Request& request);

// Returns the bytes of a request that a Worker sends to an object or to the catalog. Its value is
// left out and travels beside them. `fullKey` becomes the key; there is no namespace, no store and
// no batch in them.
[[nodiscard]] std::string encodeRemoteRequest(const Request& request);

// What became of one key of a batch: an error, or for a read maybe a value, for a set an expiry.
struct ItemOutcome {
  [[gnu::noinline]] ItemOutcome();
  [[gnu::noinline]] ItemOutcome(const ItemOutcome&);
  [[gnu::noinline]] ItemOutcome(ItemOutcome&&) noexcept;
  [[gnu::noinline]] ItemOutcome& operator=(const ItemOutcome&);
  [[gnu::noinline]] ItemOutcome& operator=(ItemOutcome&&) noexcept;
  [[gnu::noinline]] ~ItemOutcome();

  std::optional<Error> error{};
  bool present = false;
  std::string value{};
  std::optional<std::int64_t> expiresAt{};
};

// What an operation ends with, if it does not fail. Which members are set depends on it:
//
//   kGet                        present, value
//   kEntry, kPatch              present, value, version, expiresAt
//   kSet, kCompareAndSet        expiresAt, and version if flag::kWantVersion was set
//   kDelete, kCompareAndDelete  nothing
//   kList                       keys, keyCount
//   kPage                       keys, keyCount, cursor unless it is the last page
//   kGetMany, kSetMany, kDeleteMany   items, one for each key in the order of the batch
//   kDiagnose                   value: JSON text (wasm/store/findings.h)
//   kSweep                      expiresAt: when the next value expires, if one does
//   calls of objects and of the catalog: wasm/stores/durable-object/catalog-calls.h
//
// It is moved out of line, which keeps the module small.
struct Answer {
  [[gnu::noinline]] Answer();
  [[gnu::noinline]] Answer(Answer&&) noexcept;
  [[gnu::noinline]] Answer& operator=(Answer&&) noexcept;
  [[gnu::noinline]] ~Answer();

  bool present = false;
  // The value is in one of three places: `owned` holds it; or the host kept it as text and
  // `textKept` says so; otherwise `view` shows it, in bytes that outlive the answer (the store's,
  // or those of the last replies).
  std::string_view view{};
  std::optional<std::string> owned{};
  bool textKept = false;
  std::string version{};
  std::optional<std::int64_t> expiresAt{};
  std::string keys{};  // each followed by NUL
  std::uint32_t keyCount = 0;
  std::optional<std::string> cursor{};
  std::vector<ItemOutcome> items{};
  double number = 0;
  // The object's host is to start a kObjectSettle after the caller has been answered.
  bool followUp = false;
  Reservation reservation{};  // counts `owned` while it lives

  // REQUIRES: not `textKept`.
  [[nodiscard]] std::string_view value() const { return owned ? std::string_view(*owned) : view; }
};

// Returns an answer or an error as bytes, for the RPC between a Worker and an object. Its value is
// left out and travels beside them. A text is u32 length and its bytes.
//
//   type   field        there if
//   u8     bits         always: 1 failed, 2 present, 4 expires, 8 number, 16 version, 32 keys,
//                       64 cursor
//   u8     code         failed
//   text   message      failed
//   text   hint         failed
//   f64    expires at   expires; Unix seconds
//   f64    number       number
//   text   version      version
//   u32    key count    keys
//   text   keys         keys; each followed by NUL
//   text   cursor       cursor
[[nodiscard]] std::string encodeAnswer(const Result<Answer>& result);

// Returns the answer or the error that the bytes hold, or CORRUPT if they are none. The answer
// views `value`.
[[nodiscard]] Result<Answer> decodeAnswer(std::string_view head, std::string_view value);

// Returns the outcomes of a batch as JavaScript reads them (`items` in bindings/boundary/wire.h).
[[nodiscard]] std::string encodeItems(const std::vector<ItemOutcome>& items);

}  // namespace kvista
