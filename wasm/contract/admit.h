// The rules of the contract that are the same for every store, applied before a store sees a
// request.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "wasm/core/message.h"

namespace kvista {

// Checks keys, values, versions, limits and the capabilities that the operation needs, and resolves
// `request.expiresAt`. The code of what is wrong is the contract's: INVALID_KEY, INVALID_VALUE,
// INVALID_ARGUMENT, TOO_LARGE or UNSUPPORTED.
[[nodiscard]] Result<void> admit(Request& request, std::uint32_t capabilities);

// UNSUPPORTED, for an expiry on a store without.
[[nodiscard]] std::unexpected<Error> noExpiry();

// TOO_LARGE, naming both numbers, for a value of more than kMaxValueBytes.
[[nodiscard]] Result<void> checkValueSize(std::size_t bytes);

// The same, or INVALID_VALUE for one that is no well-formed text; `flags` are those of its request.
[[nodiscard]] Result<void> checkValue(std::string_view value, std::uint8_t flags);

// The items of a `setMany`, `getMany` or `deleteMany`, each with its own fault if it has one. For a
// read, a faulty key fails the whole batch: the caller expects values, not outcomes.
struct AdmittedItem {
  Item item;
  std::optional<std::int64_t> expiresAt;
  std::optional<Error> error;
};
[[nodiscard]] Result<std::vector<AdmittedItem>> admitItems(const Request& request);

}  // namespace kvista
