// UTF-8 validation and boundaries. Not a decoder, and nothing here repairs text.
#pragma once

#include <cstddef>
#include <string_view>

namespace kvista {

// Whether `text` is UTF-8 as RFC 3629 defines it: no surrogates, no overlong forms, nothing above
// U+10FFFF, no truncated character. The empty text is.
[[nodiscard]] bool isUtf8(std::string_view text);

// The largest character boundary of `text` that is not after `at`; the end of the text when `at`
// lies beyond it. REQUIRES: isUtf8(text).
[[nodiscard]] std::size_t utf8Boundary(std::string_view text, std::size_t at);

}  // namespace kvista
