// What a fuzz target is given and how it fails: the parts of one input, and the check of a
// property.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <source_location>
#include <string_view>
#include <vector>

namespace kvista::fuzz {

// One input, cut at each kSeparator. Every part is an allocation of exactly its size, so that a
// read past its end is seen. The views live as long as the input.
class Input {
 public:
  static constexpr std::string_view kSeparator = "\n--\n";

  Input(const std::uint8_t* data, std::size_t size)
      : rest_(reinterpret_cast<const char*>(data), size) {}

  // All of it, separators included.
  [[nodiscard]] std::string_view whole() { return keep(rest_); }
  // The next part; empty after the last.
  [[nodiscard]] std::string_view part();
  [[nodiscard]] bool atEnd() const { return rest_.empty(); }

 private:
  std::string_view keep(std::string_view bytes);

  std::string_view rest_;
  std::vector<std::unique_ptr<char[]>> kept_;
};

// Ends the run as a finding that names the property.
[[noreturn]] void refute(std::string_view property,
                         std::source_location where = std::source_location::current());

// The same, unless the property holds.
inline void require(bool holds, std::string_view property,
                    std::source_location where = std::source_location::current()) {
  if (!holds) refute(property, where);
}

}  // namespace kvista::fuzz
