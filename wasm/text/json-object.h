// A small JSON object, such as a configuration, whose members are found by name. It is read in
// place: no document is built, and a value is converted only when it is read.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace kvista {

// The text of one JSON value. Each reader returns nothing if the value is of another type.
struct JsonText {
  std::string_view text;

  [[nodiscard]] std::optional<std::string> string() const;
  // Rounded, if the number has more digits than a double.
  [[nodiscard]] std::optional<double> number() const;
  // Only a number that is written as an integer, without fraction and exponent.
  [[nodiscard]] std::optional<std::int64_t> integer() const;
};

class JsonObject {
 public:
  // Returns the object, or nothing if `text` is no JSON (json-check.h) or no object. The object
  // views `text`.
  [[nodiscard]] static std::optional<JsonObject> parse(std::string_view text);

  // Returns the value of the last member of that name, as JSON.parse does, or nothing if there is
  // none. REQUIRES: `name` needs no escapes.
  [[nodiscard]] std::optional<JsonText> find(std::string_view name) const;

 private:
  explicit JsonObject(std::string_view text) : text_(text) {}

  std::string_view text_;
};

// Appends `text` as a JSON string. REQUIRES: it is UTF-8.
void appendJsonString(std::string& out, std::string_view text);

}  // namespace kvista
