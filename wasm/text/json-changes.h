// The members of an object that changes another one, found by name. It does not merge.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "wasm/text/json-scan.h"

namespace kvista {

// The last member of a name in the changing object, as positions in the texts: of the quote of a
// name, and of a value.
struct JsonChange {
  static constexpr std::uint32_t kNowhere = UINT32_MAX;

  std::uint32_t name = 0;
  std::uint32_t value = 0;
  std::uint32_t target = kNowhere;  // in the changed object, the last member of that name

  [[nodiscard]] bool hasTarget() const { return target != kNowhere; }
};

// Names are compared as what they stand for, however they are escaped. Finding one takes time in
// the logarithm of their number.
class JsonChanges {
 public:
  // `object` is where the changing object begins. REQUIRES: the scan outlives this.
  JsonChanges(const JsonScan& changing, std::size_t object);

  // Sets the target of each change in the changed object, which begins at `object`.
  void aimAt(const JsonScan& changed, std::size_t object);

  // Returns the change of a name, or null if there is none. `fromQuote` is text that begins with
  // the name's opening quote.
  [[nodiscard]] const JsonChange* find(std::string_view fromQuote) const;

 private:
  const JsonScan& changing_;
  std::vector<JsonChange> changes_;
};

}  // namespace kvista
