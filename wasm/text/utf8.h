// UTF-8: validation and character boundaries. Nothing here decodes or repairs text.
#pragma once

#include <cstddef>
#include <string_view>

namespace kvista {

// Returns whether `text` is UTF-8 as RFC 3629 defines it: no surrogates, no overlong forms, nothing
// above U+10FFFF, no truncated character. The empty text is UTF-8.
[[nodiscard]] bool isUtf8(std::string_view text);

// Returns the last character boundary of `text` that is not after `at`, or the end of the text if
// `at` lies beyond it. REQUIRES: isUtf8(text).
[[nodiscard]] std::size_t utf8Boundary(std::string_view text, std::size_t at);

}  // namespace kvista
