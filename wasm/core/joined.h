// Joins fixed text and numbers into a message. It is one function, because operator+ at each of its
// many uses would be a large part of the module.
#pragma once

#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

namespace kvista {

// A piece of text, or a number that stands for its decimal digits. It views the text.
class TextPart {
 public:
  // NOLINTBEGIN(google-explicit-constructor): a list of parts names no constructors.
  TextPart(const char* text) : TextPart(std::string_view(text)) {}
  TextPart(const std::string& text) : TextPart(std::string_view(text)) {}
  TextPart(std::string_view text) : text_(text.data()), number_(text.size()) {}
  TextPart(std::integral auto number)
      : number_(static_cast<std::uint64_t>(number)), isNumber_(true), isNegative_(number < 0) {}
  // NOLINTEND(google-explicit-constructor)

  void appendTo(std::string& out) const;

 private:
  const char* text_ = nullptr;
  std::uint64_t number_;  // or the length of the text
  bool isNumber_ = false;
  bool isNegative_ = false;
};

// Returns the parts end to end. REQUIRES: the list is written in the call, because its parts are
// views.
[[nodiscard, gnu::cold]] std::string joined(std::initializer_list<TextPart> parts);

}  // namespace kvista
