// What JSON strings stand for: compareJsonStrings and jsonStringText of json-scan.h.
#include <cstdint>

#include "wasm/text/json-scan.h"

namespace kvista {
namespace {

constexpr std::int32_t kEnd = -1;

bool isHighSurrogate(std::int32_t unit) { return unit >= 0xD800 && unit <= 0xDBFF; }
bool isLowSurrogate(std::int32_t unit) { return unit >= 0xDC00 && unit <= 0xDFFF; }

std::int32_t hexUnit(std::string_view digits) {
  std::int32_t unit = 0;
  for (const char digit : digits) {
    unit = unit * 16 + (digit <= '9' ? digit - '0' : (digit | 0x20) - 'a' + 10);
  }
  return unit;
}

// Reads the content of a valid JSON string by code points.
class StringReader {
 public:
  explicit StringReader(std::string_view fromQuote) : rest_(fromQuote.substr(1)) {}

  char peek() const { return rest_.front(); }
  void skip() { rest_.remove_prefix(1); }

  // kEnd at the closing quote.
  std::int32_t next() {
    const auto lead = static_cast<unsigned char>(rest_.front());
    if (lead == '"') return kEnd;
    skip();
    if (lead == '\\') return nextEscaped();
    if (lead < 0x80) return lead;
    const int more = lead >= 0xF0 ? 3 : lead >= 0xE0 ? 2 : 1;
    std::int32_t codePoint = lead & (0x3F >> more);
    for (int i = 0; i < more; ++i, skip()) codePoint = (codePoint << 6) | (rest_.front() & 0x3F);
    return codePoint;
  }

 private:
  std::int32_t nextEscaped() {
    const char kind = rest_.front();
    skip();
    switch (kind) {
      case 'b':
        return '\b';
      case 'f':
        return '\f';
      case 'n':
        return '\n';
      case 'r':
        return '\r';
      case 't':
        return '\t';
      case 'u':
        return nextUnits();
      default:
        return kind;  // a quote, a backslash or a slash
    }
  }

  std::int32_t nextUnits() {
    const std::int32_t unit = hexUnit(rest_.substr(0, 4));
    rest_.remove_prefix(4);
    if (!isHighSurrogate(unit) || !rest_.starts_with("\\u")) return unit;
    const std::int32_t low = hexUnit(rest_.substr(2, 4));
    if (!isLowSurrogate(low)) return unit;
    rest_.remove_prefix(6);
    return 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00);
  }

  std::string_view rest_;
};

bool isPlain(char c) { return c != '"' && c != '\\'; }

}  // namespace

std::strong_ordering compareJsonStrings(std::string_view a, std::string_view b) {
  StringReader left(a);
  StringReader right(b);
  while (true) {
    // Most names are equal or differ as bytes, whose order in UTF-8 is that of the code points.
    if (isPlain(left.peek()) && isPlain(right.peek())) {
      const auto order =
          static_cast<unsigned char>(left.peek()) <=> static_cast<unsigned char>(right.peek());
      if (order != 0) return order;
      left.skip();
      right.skip();
      continue;
    }
    // One of them is at an escape or at its end, so both are between characters.
    const std::int32_t leftPoint = left.next();
    const std::int32_t rightPoint = right.next();
    if (leftPoint != rightPoint || leftPoint == kEnd) return leftPoint <=> rightPoint;
  }
}

std::string jsonStringText(std::string_view fromQuote) {
  std::string text;
  const auto add = [&text](std::int32_t bits) { text.push_back(static_cast<char>(bits)); };
  StringReader reader(fromQuote);
  for (std::int32_t point = reader.next(); point != kEnd; point = reader.next()) {
    if (point < 0x80) {
      add(point);
      continue;
    }
    const int more = point < 0x800 ? 1 : point < 0x10000 ? 2 : 3;
    add(((0xFF00 >> (more + 1)) & 0xFF) | (point >> (6 * more)));
    for (int i = more - 1; i >= 0; --i) add(0x80 | ((point >> (6 * i)) & 0x3F));
  }
  return text;
}

}  // namespace kvista
