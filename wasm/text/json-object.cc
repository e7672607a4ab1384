#include "wasm/text/json-object.h"

#include <algorithm>
#include <charconv>

#include "wasm/text/json-check.h"
#include "wasm/text/json-scan.h"

namespace kvista {
namespace {

// Digits beyond it change no double.
constexpr double kEnoughDigits = 1e18;
// Beyond it a double is infinite or zero, whatever those digits are.
constexpr int kMaxExponent = 400;
// More than a text of kMaxJsonBytes can make up for by its digits.
constexpr int kMaxWritten = 100'000'000;

}  // namespace

std::optional<std::string> JsonText::string() const {
  if (!text.starts_with('"')) return std::nullopt;
  return jsonStringText(text);
}

std::optional<std::int64_t> JsonText::integer() const {
  std::int64_t value = 0;
  const char* const end = text.data() + text.size();
  const std::from_chars_result read = std::from_chars(text.data(), end, value);
  if (read.ec != std::errc() || read.ptr != end) return std::nullopt;
  return value;
}

std::optional<double> JsonText::number() const {
  const bool isNegative = text.starts_with('-');
  const std::string_view digits = text.substr(isNegative ? 1 : 0);
  if (digits.empty() || digits.front() < '0' || digits.front() > '9') return std::nullopt;
  double value = 0;
  int exponent = 0;
  bool inFraction = false;
  std::size_t at = 0;
  for (; at < digits.size() && digits[at] != 'e' && digits[at] != 'E'; ++at) {
    if (digits[at] == '.') {
      inFraction = true;
      continue;
    }
    const bool counts = value < kEnoughDigits;
    if (counts) value = value * 10 + (digits[at] - '0');
    exponent += (inFraction ? 0 : 1) - (counts ? 1 : 0);
  }
  if (at < digits.size()) {
    const bool isNegativeExponent = digits[at + 1] == '-';
    int written = 0;
    for (const char digit : digits.substr(at + 1)) {
      if (digit != '-' && digit != '+')
        written = std::min(written * 10 + (digit - '0'), kMaxWritten);
    }
    exponent += isNegativeExponent ? -written : written;
  }
  exponent = std::clamp(exponent, -kMaxExponent, kMaxExponent);
  // One step at a time: a whole number comes out exact, however it is written.
  for (; exponent > 0; --exponent) value *= 10;
  for (; exponent < 0; ++exponent) value /= 10;
  return isNegative ? -value : value;
}

std::optional<JsonObject> JsonObject::parse(std::string_view text) {
  if (!checkJson(text)) return std::nullopt;
  const JsonScan scan(text);
  if (scan.at(scan.root()) != '{') return std::nullopt;
  return JsonObject(text);
}

std::optional<JsonText> JsonObject::find(std::string_view name) const {
  std::string quoted = "\"";
  quoted.append(name).push_back('"');
  std::optional<JsonText> found;
  const JsonScan scan(text_);
  for (auto member = scan.firstMember(scan.root()); member; member = scan.nextMember(*member)) {
    if (compareJsonStrings(scan.from(member->name), quoted) != 0) continue;
    found = JsonText{scan.slice(member->value, member->valueEnd)};
  }
  return found;
}

void appendJsonString(std::string& out, std::string_view text) {
  constexpr char kHex[] = "0123456789abcdef";
  out.push_back('"');
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20) {
      out.append("\\u00");
      out.push_back(kHex[byte >> 4]);
      out.push_back(kHex[byte & 15]);
      continue;
    }
    if (c == '"' || c == '\\') out.push_back('\\');
    out.push_back(c);
  }
  out.push_back('"');
}

}  // namespace kvista
