#include "wasm/core/joined.h"

#include <charconv>
#include <limits>

namespace kvista {

void TextPart::appendTo(std::string& out) const {
  if (!isNumber_) {
    out.append(text_, static_cast<std::size_t>(number_));
    return;
  }
  char digits[std::numeric_limits<std::uint64_t>::digits10 + 1];
  const std::uint64_t magnitude = isNegative_ ? 0 - number_ : number_;
  const auto end = std::to_chars(digits, digits + sizeof digits, magnitude).ptr;
  if (isNegative_) out.push_back('-');
  out.append(digits, end);
}

std::string joined(std::initializer_list<TextPart> parts) {
  std::string out;
  for (const TextPart& part : parts) part.appendTo(out);
  return out;
}

}  // namespace kvista
