// Admission: the rules of the contract that are the same for every store. They are applied before a
// store sees a request, so a store relies on them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "wasm/core/message.h"

namespace kvista {

// Checks the key, the value, the version, the limits, and that the store has the capabilities which
// the operation needs; then sets `request.expiresAt`. Fails with INVALID_KEY, INVALID_VALUE,
// INVALID_ARGUMENT, TOO_LARGE or UNSUPPORTED. The items of a batch are not looked at: the store
// passes them to `admitItems`. Of a call between kvista's own parts only the deadline is checked.
[[nodiscard]] Result<void> admit(Request& request, std::uint32_t capabilities);

// Returns UNSUPPORTED, for an expiry on a store that has none.
[[nodiscard]] std::unexpected<Error> noExpiry();

// Fails with TOO_LARGE, which names both numbers, if a value is over kMaxValueBytes.
[[nodiscard]] Result<void> checkValueSize(std::size_t bytes);

// The same, and fails with INVALID_VALUE if the value is no well-formed text. `flags` are those of
// its request or item.
[[nodiscard]] Result<void> checkValue(std::string_view value, std::uint8_t flags);

// One key of a batch after admission.
struct AdmittedItem {
  Item item;
  std::optional<std::int64_t> expiresAt;  // Unix seconds
  std::optional<Error> error;             // why this key is refused
};

// Returns the items of a getMany, setMany or deleteMany in their order. A key or value that breaks
// a rule has its error in its item; but a getMany fails as a whole then, because its caller expects
// values and no outcomes. Fails with INVALID_ARGUMENT if the items are malformed. The items view
// the request's bytes.
[[nodiscard]] Result<std::vector<AdmittedItem>> admitItems(const Request& request);

}  // namespace kvista
