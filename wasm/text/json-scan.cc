// Positions in valid JSON text: nesting is counted, never recursed into.
#include "wasm/text/json-scan.h"

#include <algorithm>

namespace kvista {
namespace {

// Skipping anything shorter is cheaper than looking it up, and can hold little nesting.
constexpr std::size_t kMinExtentBytes = 64;

bool isSpace(char c) { return c == ' ' || c == '\n' || c == '\t' || c == '\r'; }
bool opens(char c) { return c == '{' || c == '['; }
bool closes(char c) { return c == '}' || c == ']'; }

}  // namespace

JsonScan::JsonScan(std::string_view text) : text_(text) {
  if (text.size() >= kMinExtentBytes) findExtents();
}

void JsonScan::findExtents() {
  std::vector<std::size_t> open;  // the extents not yet closed, as indexes
  std::size_t arrayDepth = 0;     // how many levels are open from the outermost array inwards
  for (std::size_t at = 0; at < text_.size(); ++at) {
    const char c = text_[at];
    if (c == '"') {
      at = skipString(at) - 1;
    } else if (opens(c)) {
      if (arrayDepth == 0) {
        open.push_back(extents_.size());
        extents_.push_back({static_cast<std::uint32_t>(at), 0});
      }
      if (c == '[' || arrayDepth != 0) ++arrayDepth;
    } else if (closes(c)) {
      if (arrayDepth != 0 && --arrayDepth != 0) continue;
      Extent& extent = extents_[open.back()];
      extent.end = static_cast<std::uint32_t>(at + 1);
      // A small one is the last: whatever it encloses was smaller and is gone.
      if (extent.end - extent.begin < kMinExtentBytes) extents_.pop_back();
      open.pop_back();
    }
  }
}

std::size_t JsonScan::skipSpace(std::size_t at) const {
  while (isSpace(text_[at])) ++at;
  return at;
}

std::size_t JsonScan::skipString(std::size_t at) const {
  for (++at; text_[at] != '"'; ++at) {
    if (text_[at] == '\\') ++at;
  }
  return at + 1;
}

std::size_t JsonScan::skipNested(std::size_t at) const {
  std::size_t depth = 0;
  do {
    if (text_[at] == '"') {
      at = skipString(at);
      continue;
    }
    if (opens(text_[at])) ++depth;
    if (closes(text_[at])) --depth;
    ++at;
  } while (depth != 0);
  return at;
}

std::size_t JsonScan::valueEnd(std::size_t value) const {
  if (text_[value] == '"') return skipString(value);
  if (opens(text_[value])) {
    const auto extent = std::ranges::lower_bound(extents_, value, {}, &Extent::begin);
    const bool isKnown = extent != extents_.end() && extent->begin == value;
    return isKnown ? extent->end : skipNested(value);
  }
  std::size_t at = value;
  while (at < text_.size() && text_[at] != ',' && !closes(text_[at]) && !isSpace(text_[at])) ++at;
  return at;
}

JsonMember JsonScan::memberFrom(std::size_t begin, std::size_t name) const {
  JsonMember member{.begin = begin, .name = name};
  const std::size_t colon = skipSpace(skipString(name));
  member.value = skipSpace(colon + 1);
  member.valueEnd = valueEnd(member.value);
  member.end = skipSpace(member.valueEnd);
  return member;
}

std::optional<JsonMember> JsonScan::firstMember(std::size_t object) const {
  const std::size_t name = skipSpace(object + 1);
  if (text_[name] == '}') return std::nullopt;
  return memberFrom(object + 1, name);
}

std::optional<JsonMember> JsonScan::nextMember(const JsonMember& member) const {
  if (text_[member.end] == '}') return std::nullopt;
  return memberFrom(member.end + 1, skipSpace(member.end + 1));
}

std::optional<JsonElement> JsonScan::firstElement(std::size_t array) const {
  const std::size_t value = skipSpace(array + 1);
  if (text_[value] == ']') return std::nullopt;
  return JsonElement{value, valueEnd(value)};
}

std::optional<JsonElement> JsonScan::nextElement(const JsonElement& element) const {
  const std::size_t end = skipSpace(element.valueEnd);
  if (text_[end] == ']') return std::nullopt;
  const std::size_t value = skipSpace(end + 1);
  return JsonElement{value, valueEnd(value)};
}

}  // namespace kvista
