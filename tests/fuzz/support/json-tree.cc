#include "tests/fuzz/support/json-tree.h"

#include <algorithm>
#include <cstdint>
#include <cstdlib>

namespace kvista::fuzz {
namespace {

class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  JsonTree value() {
    space();
    const std::size_t begin = at_;
    JsonTree tree;
    if (text_[at_] == '{') {
      object(tree);
    } else if (text_[at_] == '[') {
      array(tree);
    } else if (text_[at_] == '"') {
      string();
    } else {
      at_ = std::min(text_.find_first_of(" \t\r\n,]}", at_), text_.size());
    }
    tree.text = text_.substr(begin, at_ - begin);
    return tree;
  }

 private:
  void space() { at_ = std::min(text_.find_first_not_of(" \t\r\n", at_), text_.size()); }

  void string() {
    do {
      at_ += text_[at_] == '\\' ? 2 : 1;
    } while (text_[at_] != '"');
    ++at_;
  }

  void object(JsonTree& tree) {
    do {
      const std::size_t begin = ++at_;
      space();
      if (text_[at_] == '}') break;
      const std::size_t name = at_;
      string();
      JsonTreeMember member;
      member.nameText = text_.substr(name, at_ - name);
      member.name = unitsOf(member.nameText);
      space();
      ++at_;
      member.value = value();
      member.text = text_.substr(begin, at_ - begin);
      const std::size_t end = at_;
      space();
      member.space = text_.substr(end, at_ - end);
      tree.members.push_back(std::move(member));
    } while (text_[at_] == ',');
    ++at_;
  }

  void array(JsonTree& tree) {
    do {
      ++at_;
      space();
      if (text_[at_] == ']') break;
      tree.elements.push_back(value());
      space();
    } while (text_[at_] == ',');
    ++at_;
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

void addCodePoint(std::u16string& units, std::uint32_t point) {
  if (point < 0x10000) {
    units.push_back(static_cast<char16_t>(point));
    return;
  }
  units.push_back(static_cast<char16_t>(0xD7C0 + (point >> 10)));
  units.push_back(static_cast<char16_t>(0xDC00 + (point & 0x3FF)));
}

}  // namespace

const JsonTreeMember* JsonTree::find(std::u16string_view name) const {
  const JsonTreeMember* found = nullptr;
  for (const JsonTreeMember& member : members) {
    if (member.name == name) found = &member;
  }
  return found;
}

JsonTree readJson(std::string_view text) { return Reader(text).value(); }

std::u16string unitsOf(std::string_view quoted) {
  static constexpr std::string_view kEscapes = "bfnrt";
  static constexpr std::u16string_view kEscaped = u"\b\f\n\r\t";
  std::u16string units;
  for (std::size_t at = 1; at + 1 < quoted.size();) {
    const auto byte = static_cast<unsigned char>(quoted[at]);
    if (byte == '\\') {
      const char kind = quoted[at + 1];
      const std::size_t named = kEscapes.find(kind);
      if (kind == 'u') {
        const std::string digits(quoted.substr(at + 2, 4));
        units.push_back(static_cast<char16_t>(std::strtoul(digits.c_str(), nullptr, 16)));
      } else {
        units.push_back(named == kEscapes.npos ? static_cast<char16_t>(kind) : kEscaped[named]);
      }
      at += kind == 'u' ? 6 : 2;
      continue;
    }
    const std::size_t bytes = byte < 0x80 ? 1 : byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4;
    std::uint32_t point = bytes == 1 ? byte : byte & (0xFFU >> (bytes + 1));
    for (std::size_t i = 1; i < bytes; ++i) {
      point = point << 6 | (static_cast<unsigned char>(quoted[at + i]) & 0x3FU);
    }
    addCodePoint(units, point);
    at += bytes;
  }
  return units;
}

}  // namespace kvista::fuzz
