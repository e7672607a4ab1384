// File names and what files' times hold: key and path are two names of one thing, and so are an
// expiry and a time. The input is a key or a path, and another one.
#include "wasm/stores/file/file-name.h"

#include <cmath>
#include <cstring>
#include <string>

#include "tests/fuzz/support/input.h"
#include "wasm/contract/key.h"
#include "wasm/contract/limits.h"
#include "wasm/core/bytes.h"
#include "wasm/stores/file/file-stat.h"
#include "wasm/text/utf8.h"

using namespace kvista;
using kvista::fuzz::require;

namespace {

constexpr NameStyle kStyles[] = {NameStyle::kPlain, NameStyle::kPortable};
constexpr std::string_view kPortable = "abcdefghijklmnopqrstuvwxyz0123456789-_.%ABCDEF/";

void checkPath(std::string_view path, NameStyle style) {
  require(isUtf8(path) && !path.contains('\0'), "a path is text");
  require(path.ends_with(".json") && path.size() > 5, "a path names a file of ours");
  require(parentOf(path) == "." || path.starts_with(parentOf(path) + "/"), "a path has its parent");
  if (style == NameStyle::kPortable) {
    require(path.find_first_not_of(kPortable) == path.npos, "a portable path is of safe letters");
  }
  for (std::size_t end; (end = path.find('/')) != path.npos; path.remove_prefix(end + 1)) {
    const std::string_view chunk = path.substr(0, end);
    require(isChunk(chunk) && end <= 255 && isUtf8(chunk), "a directory holds a chunk of the name");
  }
  require(path.size() <= 255 && path != ".json", "a file's name fits");
}

void checkKeys(std::string_view key, std::string_view other, NameStyle style) {
  const bool isKey = checkKey("", key, true).has_value();
  if (const std::optional<std::string> read = keyOf(key, style)) {
    require(pathOf(*read, style) == key, "a path that is read is its key's own");
  }
  if (!isKey) return;
  const std::string path = pathOf(key, style);
  checkPath(path, style);
  require(keyOf(path, style) == key, "a key comes back from its path");
  if (!checkKey("", other, true)) return;
  require((pathOf(other, style) == path) == (key == other), "no two keys share a path");
}

void checkTimes(std::string_view bytes) {
  const FileStat stat = statIn(bytes);
  if (const std::optional<std::int64_t> at = expiryOf(stat)) {
    require(stat.isMarked(), "a file that expires is marked");
    require(*at >= 0 && *at <= kMaxExpiresAt, "an expiry that is read is one that is written");
    require(std::fabs(mtimeFor(*at) * 1000 - stat.mtimeMs) < 0.01, "an expiry has one time");
  }
  std::uint64_t number = 0;
  std::memcpy(&number, bytes.data(), std::min(bytes.size(), sizeof number));
  const auto expiresAt = static_cast<std::int64_t>(number % (kMaxExpiresAt + 1));
  const double mtime = mtimeFor(expiresAt);
  require(mtime < 0x1p31 + 1, "a time fits into 32 bits of seconds");
  // As Node tells it: whole, or cut to microseconds.
  for (const double told : {mtime * 1000, std::floor(mtime * 1e6) / 1000}) {
    const FileStat written{.mtimeMs = told, .ctimeMs = -1, .mode = 0100766, .size = 0};
    require(expiryOf(written) == expiresAt, "an expiry comes back from its time");
  }
}

void checkEntries(std::string_view entries) {
  std::string joined;
  for (std::string_view left = entries; !left.empty();) {
    const std::size_t before = left.size();
    joined.append(takeName(left)).push_back('\0');
    require(left.size() < before, "every entry is taken");
  }
  if (!entries.empty() && entries.back() != '\0') joined.pop_back();
  require(joined == entries, "the entries are all of it");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::Input input(data, size);
  const std::string_view key = input.part();
  const std::string_view other = input.part();
  for (const NameStyle style : kStyles) checkKeys(key, other, style);
  checkTimes(key);
  checkEntries(key);
  return 0;
}
