#include "tests/native/conformance/conformance-text.h"

#include <catch2/catch_test_macros.hpp>

#include "wasm/contract/version.h"

namespace kvista::test {
namespace {

void appendUtf8(std::string& out, std::uint32_t point) {
  const auto byte = [&](std::uint32_t bits) { out.push_back(static_cast<char>(bits)); };
  if (point < 0x80) return byte(point);
  if (point < 0x800) {
    byte(0xC0 | point >> 6);
  } else {
    if (point < 0x10000) {
      byte(0xE0 | point >> 12);
    } else {
      byte(0xF0 | point >> 18);
      byte(0x80 | (point >> 12 & 0x3F));
    }
    byte(0x80 | (point >> 6 & 0x3F));
  }
  byte(0x80 | (point & 0x3F));
}

// As TextEncoder does, which is what the shim uses.
Text fromUtf16(const Json& units) {
  Text text;
  for (std::size_t i = 0; i < units.size(); ++i) {
    const auto unit = units[i].get<std::uint32_t>();
    const std::uint32_t next = i + 1 < units.size() ? units[i + 1].get<std::uint32_t>() : 0;
    if (unit >= 0xD800 && unit < 0xDC00 && next >= 0xDC00 && next < 0xE000) {
      appendUtf8(text.utf8, 0x10000 + ((unit - 0xD800) << 10) + (next - 0xDC00));
      ++i;
    } else if (unit >= 0xD800 && unit < 0xE000) {
      text.malformed = true;
      appendUtf8(text.utf8, 0xFFFD);
    } else {
      appendUtf8(text.utf8, unit);
    }
  }
  return text;
}

Text filled(const Json& text, const char* member, std::size_t taken, const Names& names) {
  Text end;
  if (text.contains("end")) end = expand(text["end"], names);
  const std::size_t bytes = text[member].get<std::size_t>() - taken - end.utf8.size();
  const auto of = text["of"].get<std::string>();
  REQUIRE(of.size() == 1);
  return {std::string(bytes, of[0]) + end.utf8, end.malformed};
}

}  // namespace

Text expand(const Json& text, const Names& names) {
  if (text.is_string()) return {text.get<std::string>()};
  REQUIRE(text.is_object());
  if (text.contains("repeat")) {
    const Text part = expand(text["repeat"][0], names);
    Text whole{.malformed = part.malformed};
    const auto times = text["repeat"][1].get<std::size_t>();
    whole.utf8.reserve(part.utf8.size() * times);
    for (std::size_t i = 0; i < times; ++i) whole.utf8 += part.utf8;
    return whole;
  }
  if (text.contains("concat")) {
    Text whole;
    for (const Json& one : text["concat"]) {
      const Text part = expand(one, names);
      whole.utf8 += part.utf8;
      whole.malformed = whole.malformed || part.malformed;
    }
    return whole;
  }
  if (text.contains("codeUnits")) return fromUtf16(text["codeUnits"]);
  if (text.contains("bytes")) return filled(text, "bytes", 0, names);
  if (text.contains("keyBytes")) return filled(text, "keyBytes", names.nameSpace.size(), names);
  if (text.contains("eachKey")) return expand(names.eachKey, names);
  REQUIRE(text.contains("cursor"));
  const auto found = names.captured.find(text["cursor"].get<std::string>());
  REQUIRE(found != names.captured.end());
  return {found->second};
}

std::vector<Text> expandKeys(const Json& keys, const Names& names) {
  std::vector<Text> expanded;
  if (keys.is_array()) {
    for (const Json& one : keys) expanded.push_back(expand(one, names));
    return expanded;
  }
  const auto prefix = keys["series"].get<std::string>();
  for (std::size_t i = 0; i < keys["count"].get<std::size_t>(); ++i) {
    const std::string number = std::to_string(i);
    expanded.push_back({prefix + std::string(6 - number.size(), '0') + number});
  }
  return expanded;
}

std::string expandVersion(const Json& version, const Names& names) {
  if (version.is_string()) return version.get<std::string>();
  if (version.contains("versionOf")) return versionOf(expand(version["versionOf"], names).utf8);
  const auto found = names.captured.find(version["version"].get<std::string>());
  REQUIRE(found != names.captured.end());
  return found->second;
}

}  // namespace kvista::test
