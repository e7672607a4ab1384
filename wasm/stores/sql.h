// How a statement's parameters and rows cross to the host that runs SQL for a store (kSql).
//
//   parameters = *cell            rows = *cell, row by row
//   cell       = %x00             null
//              | %x01 f64         a number
//              | %x02 u32 bytes   a blob
//              | %x03             parameters only: the request's `value`, as a blob
//
// The statements of one step are one transaction.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "wasm/core/bytes.h"
#include "wasm/core/host.h"

namespace kvista {

class SqlParameters {
 public:
  SqlParameters& null() { return out_.u8(0), *this; }
  SqlParameters& number(double value) { return out_.u8(1).f64(value), *this; }
  SqlParameters& blob(std::string_view bytes) { return out_.u8(2).bytes(bytes), *this; }
  SqlParameters& requestValue() { return out_.u8(3), *this; }
  SqlParameters& numberOrNull(std::optional<std::int64_t> value) {
    return value ? number(static_cast<double>(*value)) : null();
  }
  [[nodiscard]] std::string take() { return out_.take(); }

 private:
  ByteWriter out_;
};

class SqlRows {
 public:
  explicit SqlRows(std::string_view rows) : in_(rows) {}

  [[nodiscard]] bool atEnd() const { return in_.atEnd(); }
  // The next cell, which is a number or null. Null for a cell that is neither.
  [[nodiscard]] std::optional<double> number() {
    if (in_.u8() == 1) return in_.f64();
    return std::nullopt;
  }
  // The next cell, which is a blob; empty for null.
  [[nodiscard]] std::string_view blob() {
    if (in_.u8() == 2) return in_.bytes();
    return {};
  }

 private:
  ByteReader in_;
};

// REQUIRES: `parameters` outlives the request.
[[nodiscard]] inline HostRequest sqlRequest(std::string_view statement,
                                            std::string_view parameters = {},
                                            std::string_view value = {}) {
  return {.verb = Verb::kSql, .key = statement, .value = value, .meta = parameters};
}

}  // namespace kvista
