// The rules for keys, prefixes and namespaces, which are the same for every store. Making the key
// of a backend or a file name of them is not done here.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "wasm/core/error.h"

namespace kvista {

// In all three functions `wellFormed` is false if the caller's text had an unpaired surrogate. That
// has no form in UTF-8, so the bytes passed here are not what the caller meant, and are refused.

// Fails with INVALID_KEY, whose message names the rule, unless `key` may be used in a store with
// that namespace: it is not empty, UTF-8 without NUL, not "." or "..", and at most kMaxKeyBytes
// long with the namespace. REQUIRES: checkNamespace(nameSpace) succeeded.
[[nodiscard]] Result<void> checkKey(std::string_view nameSpace, std::string_view key,
                                    bool wellFormed);

// The same for the prefix of a listing, which may also be empty, "." or "..".
[[nodiscard]] Result<void> checkPrefix(std::string_view nameSpace, std::string_view prefix,
                                       bool wellFormed);

// Fails with INVALID_ARGUMENT unless a store may be opened with that namespace: it is UTF-8 without
// NUL, and leaves a key at least one byte. It may be empty.
[[nodiscard]] Result<void> checkNamespace(std::string_view nameSpace, bool wellFormed = true);

// Returns the smallest byte string that is greater than every string with that prefix: the
// exclusive end of a range scan. It is empty if there is none (for an empty prefix, or one of 0xFF
// bytes alone). It may be invalid UTF-8, so compare it as bytes.
[[nodiscard]] std::string nextAfterPrefix(std::string_view prefix);

}  // namespace kvista
