// What a write of one key does, given what the key holds now: the meaning of set, delete,
// compareAndSet, compareAndDelete and patch. It reads and writes nothing. A store that uses it
// makes reading, deciding and writing one atomic step.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "wasm/core/message.h"

namespace kvista {

// What a key holds. An expired value counts as absent.
struct Current {
  bool present = false;
  std::string_view value{};    // only a patch needs it
  std::string_view version{};  // only needed if `needsVersion`
  std::optional<std::int64_t> expiresAt{};
};

// Returns whether the decision depends on what the key holds. If it does not, any `Current` that is
// present will do: the removal of an absent key does no harm.
[[nodiscard]] bool needsCurrent(const Request& request);

// Returns whether the decision depends on the version of what the key holds.
[[nodiscard]] bool needsVersion(const Request& request);

// Returns whether a patch leaves the key's expiry as it is. It does unless it gives an expiry, or
// is a whole record, which is written as by set.
[[nodiscard]] bool keepsExpiry(const Request& request);

// What a write is to do.
struct Decision {
  enum class Action { kNothing, kWrite, kRemove };
  Action action = Action::kNothing;
  std::optional<std::string> merged{};      // the new value, if it is not the request's: of a patch
  std::optional<std::int64_t> expiresAt{};  // Unix seconds

  // The value to write.
  [[nodiscard]] std::string_view value(const Request& request) const {
    return merged ? std::string_view(*merged) : request.value;
  }
};

// Returns what the write is to do. Fails with VERSION_MISMATCH; a patch also with NOT_FOUND, and
// with the errors of mergePatch or mergeRecord. The error does not name the current version,
// because a caller reads it together with the value.
[[nodiscard]] Result<Decision> decide(const Request& request, const Current& current);

// Returns the answer to a write whose decision was carried out. REQUIRES: `decision` was made of
// `request`.
[[nodiscard]] Answer answerWritten(const Request& request, Decision decision);

}  // namespace kvista
