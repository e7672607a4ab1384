// base64url (RFC 4648, section 5) without padding. Not the alphabet with `+` and `/`.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace kvista {

[[nodiscard]] std::string base64UrlEncode(std::string_view bytes);

// The bytes that encode to exactly `text`; nothing if there are none. So padding, whitespace, other
// characters, an impossible length and unused bits that are not zero are all refused.
[[nodiscard]] std::optional<std::string> base64UrlDecode(std::string_view text);

}  // namespace kvista
