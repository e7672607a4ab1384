// Messages made of fixed text and numbers, put together in one place: written out with operator+ at
// each of its many uses, this would be a large part of the module.
#pragma once

#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

namespace kvista {

// A piece of text, or a number that stands for its decimal digits.
class TextPart {
 public:
  // NOLINTBEGIN(google-explicit-constructor): they are made by being listed.
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

// The parts one after the other. They are views: pass them in the call.
[[nodiscard, gnu::cold]] std::string joined(std::initializer_list<TextPart> parts);

}  // namespace kvista
