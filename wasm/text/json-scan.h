// Where things are in JSON text that is known to be valid. It copies nothing, converts nothing and
// checks nothing: checkJson comes first.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kvista {

// A member of an object, as positions in the text.
struct JsonMember {
  std::size_t begin = 0;     // after the brace or the comma before it
  std::size_t name = 0;      // the opening quote
  std::size_t value = 0;     // its first character
  std::size_t valueEnd = 0;  // after its last character
  std::size_t end = 0;       // the comma or the brace after it
};

// An element of an array.
struct JsonElement {
  std::size_t value = 0;     // its first character
  std::size_t valueEnd = 0;  // after its last character
};

// REQUIRES, for all of it: checkJson(text) passed, the text outlives the scan, and positions are
// those that the scan gave.
class JsonScan {
 public:
  explicit JsonScan(std::string_view text);

  // From one position to another, and from a position to the end of the text.
  [[nodiscard]] std::string_view slice(std::size_t from, std::size_t to) const {
    return text_.substr(from, to - from);
  }
  [[nodiscard]] std::string_view from(std::size_t at) const { return text_.substr(at); }
  [[nodiscard]] char at(std::size_t at) const { return text_[at]; }

  // The first character of the one value that the text is.
  [[nodiscard]] std::size_t root() const { return skipSpace(0); }

  // The position after the value that begins at `value`. Walking down through nested objects and
  // asking this at every level takes time in proportion to the text, not to text times depth.
  [[nodiscard]] std::size_t valueEnd(std::size_t value) const;

  // The members of the object that begins at `object`, in order; nothing after the last.
  [[nodiscard]] std::optional<JsonMember> firstMember(std::size_t object) const;
  [[nodiscard]] std::optional<JsonMember> nextMember(const JsonMember& member) const;

  // The elements of the array that begins at `array`, in order; nothing after the last.
  [[nodiscard]] std::optional<JsonElement> firstElement(std::size_t array) const;
  [[nodiscard]] std::optional<JsonElement> nextElement(const JsonElement& element) const;

 private:
  struct Extent {
    std::uint32_t begin = 0;
    std::uint32_t end = 0;
  };

  void findExtents();
  std::size_t skipSpace(std::size_t at) const;
  std::size_t skipString(std::size_t at) const;
  std::size_t skipNested(std::size_t at) const;
  JsonMember memberFrom(std::size_t begin, std::size_t name) const;

  std::string_view text_;
  // Of the larger arrays and objects that no array encloses, by `begin`.
  std::vector<Extent> extents_;
};

// The order of two strings by the code points that they stand for, however those are escaped; an
// unpaired surrogate is a code point of its own. Each text begins with the opening quote of a valid
// JSON string and may go on after the closing one.
[[nodiscard]] std::strong_ordering compareJsonStrings(std::string_view a, std::string_view b);

// What such a string stands for, as UTF-8; no valid UTF-8 if it escapes an unpaired surrogate.
[[nodiscard]] std::string jsonStringText(std::string_view fromQuote);

}  // namespace kvista
