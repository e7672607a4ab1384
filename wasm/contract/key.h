// The rules for keys, prefixes and namespaces, the same for every store. It does not join them into
// a backend's key, nor turn one into a file name.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "wasm/core/error.h"

namespace kvista {

// `wellFormed` is false when the caller's text held an unpaired surrogate, which has no UTF-8 form,
// so that the bytes passed here are not what the caller meant.

// Whether `key` may be used in a store with that namespace: not empty, no unpaired surrogate (nor
// other invalid UTF-8), no NUL, not `.` or `..` (alone or with the namespace), at most kMaxKeyBytes
// with the namespace. Otherwise INVALID_KEY, and its message names the rule.
// REQUIRES: checkNamespace(nameSpace) was passed.
[[nodiscard]] Result<void> checkKey(std::string_view nameSpace, std::string_view key,
                                    bool wellFormed);

// The same for a prefix that keys are listed by, which may be empty, `.` or `..`.
[[nodiscard]] Result<void> checkPrefix(std::string_view nameSpace, std::string_view prefix,
                                       bool wellFormed);

// Whether a store may be opened with that namespace: UTF-8 without NUL, short enough to leave a key
// at least one byte; it may be empty. Otherwise INVALID_ARGUMENT.
[[nodiscard]] Result<void> checkNamespace(std::string_view nameSpace, bool wellFormed = true);

// The smallest byte string that is greater than every string with that prefix: the exclusive end of
// a range scan. Empty if there is none (an empty prefix, or one of 0xFF bytes alone). It need not
// be UTF-8: compare it as bytes.
[[nodiscard]] std::string nextAfterPrefix(std::string_view prefix);

}  // namespace kvista
