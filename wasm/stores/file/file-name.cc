#include "wasm/stores/file/file-name.h"

#include "wasm/text/utf8.h"

namespace kvista {
namespace {

constexpr std::string_view kSuffix = ".json";
// NAME_MAX is 255 on all file systems in wide use; the suffix takes five of it.
constexpr std::size_t kMaxNameBytes = 250;
constexpr std::size_t kMaxCharacterBytes = 4;
constexpr std::string_view kHex = "0123456789ABCDEF";

std::optional<unsigned> escapeAt(std::string_view text, std::size_t at) {
  if (text[at] != '%' || at + 2 >= text.size()) return std::nullopt;
  const std::size_t high = kHex.find(text[at + 1]);
  const std::size_t low = kHex.find(text[at + 2]);
  if (high == kHex.npos || low == kHex.npos) return std::nullopt;
  return static_cast<unsigned>(high * 16 + low);
}

bool isEncoded(std::string_view key, std::size_t at, NameStyle style) {
  const char c = key[at];
  if (style == NameStyle::kPlain) return c == '/' || escapeAt(key, at);
  return !((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.');
}

}  // namespace

std::string pathOf(std::string_view key, NameStyle style) {
  std::string name;
  std::size_t copied = 0;
  for (std::size_t at = 0; at < key.size(); ++at) {
    if (!isEncoded(key, at, style)) continue;
    const auto byte = static_cast<unsigned char>(key[at]);
    name.append(key, copied, at - copied);
    name += '%';
    name += kHex[byte >> 4];
    name += kHex[byte & 15];
    copied = at + 1;
  }
  name.append(key, copied);
  std::string path;
  std::string_view left = name;
  while (left.size() > kMaxNameBytes) {
    const std::size_t chunk = utf8Boundary(left, kMaxNameBytes);
    path.append(left.substr(0, chunk)).append("%/");
    left.remove_prefix(chunk);
  }
  return path.append(left).append(kSuffix);
}

std::optional<std::string> keyOf(std::string_view path, NameStyle style) {
  if (!path.ends_with(kSuffix) || !isUtf8(path)) return std::nullopt;
  std::string name(path.substr(0, path.size() - kSuffix.size()));
  for (std::size_t at; (at = name.find("%/")) != name.npos;) name.erase(at, 2);
  std::string key;
  for (std::size_t at = 0; at < name.size(); ++at) {
    if (const std::optional<unsigned> byte = escapeAt(name, at)) {
      key += static_cast<char>(*byte);
      at += 2;
    } else {
      key += name[at];
    }
  }
  if (!isUtf8(key) || pathOf(key, style) != path) return std::nullopt;
  return key;
}

std::string parentOf(std::string_view path) {
  const std::size_t end = path.rfind('/');
  return std::string(end == path.npos ? "." : path.substr(0, end));
}

bool isChunk(std::string_view name) {
  return name.ends_with('%') && name.size() > kMaxNameBytes - kMaxCharacterBytes + 1 &&
         name.size() <= kMaxNameBytes + 1;
}

}  // namespace kvista
