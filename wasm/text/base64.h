// base64url (RFC 4648, section 5) without padding. The alphabet with "+" and "/" is not supported.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace kvista {

// Returns the text that the bytes encode to.
[[nodiscard]] std::string base64UrlEncode(std::string_view bytes);

// Returns the bytes that encode to exactly `text`, or nothing if there are none: padding,
// whitespace, other characters, an impossible length and unused bits that are not zero are all
// refused.
[[nodiscard]] std::optional<std::string> base64UrlDecode(std::string_view text);

}  // namespace kvista
