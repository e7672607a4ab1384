// What one operation did to one key, or saw there: the history that is checked is made of these.
// Values are numbers (values.h).
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>

namespace kvista::simulation {

inline constexpr int kAbsent = -1;
inline constexpr int kNoJson = -2;  // of a patch that was refused: the value is no JSON
inline constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::max();
inline constexpr std::uint64_t kOpen = std::numeric_limits<std::uint64_t>::max();

struct KeyOperation {
  enum class Kind {
    kRead,       // value, and expiresAt if that was told
    kPresence,   // a listing's: value is kAbsent if it did not show the key
    kSet,        // value, expiresAt
    kRemove,     //
    kReplaceIf,  // expected, value, expiresAt
    kRemoveIf,   // expected
    kPatch,      // patch; value: what it told that the key holds now; expiresAt: unless it keeps it
  };
  enum class Effect {
    kDone,
    kRefused,  // found something else than it expected (a patch: `expected`), and wrote nothing
    kMaybe,    // a write that took or takes effect at some time after its begin, or never
  };

  Kind kind = Kind::kRead;
  Effect effect = Effect::kDone;
  std::size_t record = 0;  // of which operation of the history it is a part
  // Their order among all begins and ends; `end` is kOpen of one that has none (kMaybe).
  std::uint64_t begin = 0;
  std::uint64_t end = kOpen;
  // The operation's clock lies between these (Unix milliseconds).
  double beginMs = 0;
  double endMs = 0;

  int value = kAbsent;
  std::int64_t expiresAt = kNever;
  bool knowsExpiry = false;  // of a read or a patch
  bool keepsExpiry = false;  // of a patch
  int expected = kAbsent;    // kAbsent: the key was to be absent
  int patch = 0;
  std::size_t isolate = 0;  // in which it began
};

}  // namespace kvista::simulation
