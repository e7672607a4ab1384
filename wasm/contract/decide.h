// What a write of one key does, given what the key holds now: the meaning of set, delete,
// compareAndSet, compareAndDelete and patch, for the stores that can do them atomically.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "wasm/core/message.h"

namespace kvista {

// What a key holds. An expired value is passed as absent.
struct Current {
  bool present = false;
  std::string_view value{};    // needed by a patch only
  std::string_view version{};  // needed where `needsVersion` says so
  std::optional<std::int64_t> expiresAt{};
};

// Whether the decision depends on what the key holds at all: else any `Current` that is present
// will do, and removing what is absent does no harm.
[[nodiscard]] bool needsCurrent(const Request& request);

// Whether the decision depends on the version of what the key holds.
[[nodiscard]] bool needsVersion(const Request& request);

// Whether a patch leaves the key's expiry as it is. A whole record does not: it is set, as by
// `set`.
[[nodiscard]] bool keepsExpiry(const Request& request);

struct Decision {
  enum class Action { kNothing, kWrite, kRemove };
  Action action = Action::kNothing;
  std::optional<std::string> merged{};  // a patch's new value; else the request's value is written
  std::optional<std::int64_t> expiresAt{};

  [[nodiscard]] std::string_view value(const Request& request) const {
    return merged ? std::string_view(*merged) : request.value;
  }
};

// VERSION_MISMATCH, or for a patch NOT_FOUND and whatever the merge finds wrong. The current
// version is not told in the error: a caller reads it together with the value.
[[nodiscard]] Result<Decision> decide(const Request& request, const Current& current);

// What the caller of a carried out decision is told. `decision` is emptied.
[[nodiscard]] Answer answerWritten(const Request& request, Decision decision);

}  // namespace kvista
