// The two messages of an operation, as bytes: the request that starts it and the answer that ends
// it. The same bytes cross the boundary to JavaScript and the RPC between a Worker and an object.
// (Twin of the request's layout: bindings/boundary/request.ts, tied by tests/boundary.)
//
//   request := header namespace key extra items value           all numbers little-endian
//   header  :=  0 u8  operation      1 u8  flags       2 u8  expiry kind (0 none, 1 ttl, 2 at, 3
//   both)                                              3 u8  use of records (wasm/records/record.h)
//               4 u32 store          8 f64 now (Unix ms)        16 f64 deadline (Unix ms)
//              24 f64 expiry number 32 u64 seed                 40 f64 number (limit, and internal
//              uses) 48 u32 namespace length, 52 u32 key length, 56 u32 value length, 60 u32 extra
//              length, 64 u32 items length,     68 u32 item count                        (72 bytes)
//   key     := the key, or the prefix of a listing
//   extra   := the expected version of a conditional write, or a listing's cursor
//   item    := u32 key length, u32 value length, u32 flags | expiry kind << 8, f64 expiry number,
//              namespace and key, value
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "wasm/core/budget.h"
#include "wasm/core/error.h"

namespace kvista {

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
  // Removes what has expired; answers the next expiry. For the owner of a store's alarm.
  kSweep = 14,
  // Asked of an object: by the catalog, whether its value lives; by itself, to confirm its row.
  kObjectConfirm = 32,
  kObjectSettle = 33,
  kObjectAlarm = 34,
  // Asked of an object by a store that settles a write whose outcome it does not know.
  kObjectVersion = 35,
  // Asked of a shard of the catalog.
  kCatalogAdd = 40,
  kCatalogConfirm = 41,
  kCatalogRemove = 42,
  kCatalogPage = 43,
  kCatalogRaise = 44,
};

// Returns whether the operation changes what is stored. It is the core's one list of the writes
// (twin: `writes` in bindings/operation/core-store.ts, tied by `facts` in
// tests/node/boundary/golden.json).
[[nodiscard]] bool isWrite(Op op);

// Returns what a batch does with each of its keys: kGet, kSet or kDelete.
// REQUIRES: `batch` is kGetMany, kSetMany or kDeleteMany.
[[nodiscard]] Op opOfItems(Op batch);

namespace flag {
inline constexpr std::uint8_t kKeyMalformed = 1;    // an unpaired surrogate in the key or prefix
inline constexpr std::uint8_t kValueMalformed = 2;  // an unpaired surrogate in the value
inline constexpr std::uint8_t kHasExtra = 4;        // an expected version or a cursor is given
inline constexpr std::uint8_t kWantVersion = 8;     // a write answers the version of its value
inline constexpr std::uint8_t kCheckUtf8 = 16;      // the value came as bytes: they may be anything
}  // namespace flag

enum class ExpiryKind : std::uint8_t { kNone = 0, kTtl = 1, kAt = 2, kBoth = 3 };

inline constexpr std::size_t kHeaderBytes = 72;

// One key of a batch. The views lie in the request's bytes.
struct Item {
  std::string_view fullKey;
  std::string_view value;
  std::uint8_t flags = 0;
  ExpiryKind expiryKind = ExpiryKind::kNone;
  double expiryNumber = 0;
};

// A request, decoded. The views lie in the bytes that it was decoded from. Copied out of line, as
// an Answer is moved.
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
  double nowMs = 0;
  double deadlineMs = 0;
  double expiryNumber = 0;
  std::uint64_t seed = 0;
  double number = 0;
  std::string_view nameSpace;
  std::string_view key;
  std::string_view fullKey;  // namespace and key, one after the other
  std::string_view extra;
  std::string_view items;
  std::uint32_t itemCount = 0;
  std::string_view value;
  // Unix seconds, set by `admit`; nothing if the key is not to expire.
  std::optional<std::int64_t> expiresAt;

  [[nodiscard]] bool has(std::uint8_t bit) const { return (flags & bit) != 0; }
  // A read whose value goes to the caller without a look into it: of records each is checked.
  [[nodiscard]] bool handsValueOn() const { return op == Op::kGet && recordUse == 0; }
};

// INVALID_ARGUMENT if the bytes are no request.
[[nodiscard]] Result<Request> decodeRequest(std::string_view bytes);
[[nodiscard]] Result<std::vector<Item>> decodeItems(const Request& request);

// The bytes of a request without its value, which travels beside them. `nameSpace` and `store` are
// left out: `fullKey` becomes the key.
[[nodiscard]] std::string encodeRemoteRequest(const Request& request);

// The outcome of one key of a batch: an error, or for `get` maybe a value, for `set` an expiry.
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

// What an operation ends with. Which members mean something depends on the operation. Moved out of
// line, as an Error is.
struct Answer {
  [[gnu::noinline]] Answer();
  [[gnu::noinline]] Answer(Answer&&) noexcept;
  [[gnu::noinline]] Answer& operator=(Answer&&) noexcept;
  [[gnu::noinline]] ~Answer();

  bool present = false;
  // The value: a view into bytes that outlive the answer (the store's, or the last replies'),
  // unless `owned` holds it.
  std::string_view view{};
  std::optional<std::string> owned{};
  // Or it is the text that the host kept of its last reply.
  bool textKept = false;
  std::string version{};
  std::optional<std::int64_t> expiresAt{};
  std::string keys{};  // each followed by NUL
  std::uint32_t keyCount = 0;
  std::optional<std::string> cursor{};
  std::vector<ItemOutcome> items{};
  double number = 0;
  // The object asks for a kObjectSettle after its caller has been answered.
  bool followUp = false;
  Reservation reservation{};  // counts `owned` while it lives

  [[nodiscard]] std::string_view value() const { return owned ? std::string_view(*owned) : view; }
};

// An answer or an error as bytes, without the value, which travels beside them. Decoding bytes that
// are no answer gives CORRUPT. What most answers lack takes no room:
//
//   answer := u8 bits (1 failed, 2 present, 4 expires, 8 number, 16 version, 32 keys, 64 cursor)
//             if failed: u8 code, text message, text hint; else what the bits say there is:
//             f64 expires at, f64 number, text version, u32 key count and text keys, text cursor
//   text   := u32 bytes and the bytes
[[nodiscard]] std::string encodeAnswer(const Result<Answer>& outcome);
[[nodiscard]] Result<Answer> decodeAnswer(std::string_view head, std::string_view value);
[[nodiscard]] std::string encodeItems(const std::vector<ItemOutcome>& items);

}  // namespace kvista
