// What an object that changes another says of each name. It finds, and does not merge.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "wasm/text/json-scan.h"

namespace kvista {

// The last member of a name in the changing object. Positions are those of names' quotes and
// values.
struct JsonChange {
  static constexpr std::uint32_t kNowhere = UINT32_MAX;

  std::uint32_t name = 0;
  std::uint32_t value = 0;
  std::uint32_t target = kNowhere;  // in the changed object, the last member of that name

  [[nodiscard]] bool hasTarget() const { return target != kNowhere; }
};

// Names are compared as what they stand for. Finding one takes time in the logarithm of their
// number.
class JsonChanges {
 public:
  // Of the object that begins there. The scan outlives the changes.
  JsonChanges(const JsonScan& changing, std::size_t object);

  // Sets the targets, in the object that begins there.
  void aimAt(const JsonScan& changed, std::size_t object);

  // Nothing if the changing object does not have the name, given from its opening quote on.
  [[nodiscard]] const JsonChange* find(std::string_view fromQuote) const;

 private:
  const JsonScan& changing_;
  std::vector<JsonChange> changes_;
};

}  // namespace kvista
