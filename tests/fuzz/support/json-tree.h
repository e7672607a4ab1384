// A reader of JSON text that is independent of the core's and as plain as it can be: what a target
// compares the core with. It keeps the text of every value and checks nothing.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace kvista::fuzz {

struct JsonTreeMember;

// A value. The views lie in the text that was read.
struct JsonTree {
  std::string_view text;                // without the whitespace around it
  std::vector<JsonTreeMember> members;  // of an object
  std::vector<JsonTree> elements;       // of an array

  [[nodiscard]] bool isObject() const { return text.starts_with('{'); }
  [[nodiscard]] bool isArray() const { return text.starts_with('['); }
  [[nodiscard]] bool isString() const { return text.starts_with('"'); }
  // The last member of that name; null if there is none.
  [[nodiscard]] const JsonTreeMember* find(std::u16string_view name) const;
};

struct JsonTreeMember {
  std::u16string name;        // what it stands for
  std::string_view nameText;  // as it is written, with the quotes
  std::string_view text;      // from the comma or the brace before it to the end of its value
  std::string_view space;     // from there to the comma or the brace after it
  JsonTree value;
};

// REQUIRES: checkJson(text) passed.
[[nodiscard]] JsonTree readJson(std::string_view text);

// What a JSON string stands for, in the code units of UTF-16, so that it may hold unpaired
// surrogates. REQUIRES: it is one, with its quotes.
[[nodiscard]] std::u16string unitsOf(std::string_view quoted);

}  // namespace kvista::fuzz
