// How a statement's parameters and rows cross to the host that runs SQL for a store (kSql).
//
// Parameters are cells in their order, and rows are the cells of the first row, of the second, and
// so on. A cell begins with a byte that says what it is:
//
//   byte   then           cell                                              in
//   0                     null                                              parameters, rows
//   1      f64            a number                                          parameters, rows
//   2      u32 n, bytes   a blob of n bytes                                 parameters, rows
//   3      u32 n, bytes   a text of n bytes                                 parameters, rows
//   4                     the request's `value`, as a blob                  parameters
//   5                     the request's `value`, as a text                  parameters
//   6      u32 n, bytes   the operation's own key, a text                   parameters
//   7                     a text that the host keeps (HostReply::textKept)  rows
//
// The statements of one step are one transaction. Twin: bindings/boundary/sql-cells.ts.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "wasm/core/bytes.h"
#include "wasm/core/host.h"
#include "wasm/core/operation.h"

namespace kvista {

// A statement. Its text is a literal, so that a host can recognise it by its address.
class SqlStatement {
 public:
  // NOLINTNEXTLINE(google-explicit-constructor): a literal is one.
  consteval SqlStatement(const char* text) : text_(text) {}
  [[nodiscard]] std::string_view text() const { return text_; }

 private:
  std::string_view text_;
};

// Packs parameters.
class SqlParameters {
 public:
  SqlParameters() { out_.reserve(kUsualBytes); }
  SqlParameters& null() { return out_.u8(0), *this; }
  SqlParameters& number(double value) { return out_.u8(1).f64(value), *this; }
  SqlParameters& blob(std::string_view bytes) { return out_.u8(2).bytes(bytes), *this; }
  SqlParameters& text(std::string_view utf8) { return out_.u8(3).bytes(utf8), *this; }
  SqlParameters& requestBlob() { return out_.u8(4), *this; }
  SqlParameters& requestText() { return out_.u8(5), *this; }
  SqlParameters& keyOf(const Operation& operation, std::string_view key) {
    const bool isOwn = key.data() == operation.request().fullKey.data();
    return out_.u8(isOwn ? 6 : 3).bytes(key), *this;
  }
  SqlParameters& numberOrNull(std::optional<std::int64_t> value) {
    return value ? number(static_cast<double>(*value)) : null();
  }
  [[nodiscard]] std::string take() { return out_.take(); }

 private:
  static constexpr std::size_t kUsualBytes = 96;

  ByteWriter out_;
};

// Reads the cells of rows. It views what it was made with.
class SqlRows {
 public:
  explicit SqlRows(std::string_view rows) : in_(rows) {}

  [[nodiscard]] bool atEnd() const { return in_.atEnd(); }
  [[nodiscard]] bool isNumber() const { return in_.peek() == 1; }
  // Reads a cell that is a number; returns nothing if it is another.
  [[nodiscard]] std::optional<double> number() {
    if (in_.u8() == 1) return in_.f64();
    return std::nullopt;
  }
  // Reads a cell that is a blob or a text; returns nothing for null and for a text that the host
  // keeps.
  [[nodiscard]] std::string_view bytes() {
    const std::uint8_t type = in_.u8();
    if (type == 2 || type == 3) return in_.bytes();
    return {};
  }

 private:
  ByteReader in_;
};

// Returns a request for a statement whose rows are wanted. It views `parameters`.
[[nodiscard]] inline HostRequest sqlRequest(SqlStatement statement,
                                            std::string_view parameters = {}) {
  return {.verb = Verb::kSql,
          .key = statement.text(),
          .meta = parameters,
          .number = 1,
          .isKeyConstant = true};
}

// Returns a request for a statement without rows. It views `parameters` and `value`.
[[nodiscard]] inline HostRequest sqlChange(SqlStatement statement, std::string_view parameters = {},
                                           std::string_view value = {}) {
  return {.verb = Verb::kSql,
          .key = statement.text(),
          .value = value,
          .meta = parameters,
          .isKeyConstant = true};
}

}  // namespace kvista
