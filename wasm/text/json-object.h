// A small JSON object, such as a configuration, looked into by name. It is read in place: there is
// no document, and nothing is converted that nobody asks for.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace kvista {

// The text of one JSON value. What it is not, the readers below answer with nothing.
struct JsonText {
  std::string_view text;

  [[nodiscard]] std::optional<std::string> string() const;
  // Approximately, where the number has more digits than a double.
  [[nodiscard]] std::optional<double> number() const;
  // A number written as an integer, without fraction and exponent.
  [[nodiscard]] std::optional<std::int64_t> integer() const;
};

class JsonObject {
 public:
  // Nothing if `text` is no JSON (json-check.h), or no object. The text outlives what is found.
  [[nodiscard]] static std::optional<JsonObject> parse(std::string_view text);

  // The last member of that name, as in JSON.parse. `name` needs no escapes.
  [[nodiscard]] std::optional<JsonText> find(std::string_view name) const;

 private:
  explicit JsonObject(std::string_view text) : text_(text) {}

  std::string_view text_;
};

// Appends `text` as a JSON string. REQUIRES: it is UTF-8.
void appendJsonString(std::string& out, std::string_view text);

}  // namespace kvista
