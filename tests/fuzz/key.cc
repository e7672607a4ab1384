// Keys, prefixes and namespaces: the rules of the contract, said a second time. The input is a
// namespace, a key and another key.
#include "wasm/contract/key.h"

#include <string>

#include "tests/fuzz/support/input.h"
#include "wasm/text/utf8.h"

using namespace kvista;
using kvista::fuzz::require;

namespace {

bool isText(std::string_view text) { return isUtf8(text) && !text.contains('\0'); }

void checkRefusal(const Result<void>& result, Code code) {
  if (result) return;
  require(result.error().code == code, "a refusal has the code of the contract");
  require(!result.error().message.empty() && !result.error().hint.empty(), "a refusal says why");
  require(isUtf8(result.error().message), "a refusal is text");
}

void checkRange(std::string_view prefix, std::string_view other) {
  const std::string next = nextAfterPrefix(prefix);
  const bool isOpen = prefix.find_first_not_of('\xFF') == std::string_view::npos;
  require(next.empty() == isOpen, "a range is open if nothing is above it");
  const bool isInside = other >= prefix && (next.empty() || other < next);
  require(isInside == other.starts_with(prefix), "a range holds what has the prefix");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::Input input(data, size);
  const std::string_view nameSpace = input.part();
  const std::string_view key = input.part();
  const std::string_view other = input.part();
  checkRange(key, other);
  checkRange(key, std::string(key) + std::string(other));

  const Result<void> opened = checkNamespace(nameSpace, true);
  checkRefusal(opened, Code::kInvalidArgument);
  require(opened.has_value() == (isText(nameSpace) && nameSpace.size() <= 511),
          "a namespace is text that leaves a key a byte");
  require(!checkNamespace(nameSpace, false), "what held an unpaired surrogate is no namespace");
  if (!opened) return 0;

  const std::string full = std::string(nameSpace) + std::string(key);
  const bool fits = isText(key) && full.size() <= 512;
  const auto isDots = [](std::string_view text) { return text == "." || text == ".."; };
  const Result<void> taken = checkKey(nameSpace, key, true);
  checkRefusal(taken, Code::kInvalidKey);
  require(taken.has_value() == (fits && !key.empty() && !isDots(key) && !isDots(full)),
          "a key is text of 1 to 512 bytes with its namespace, and no dots alone");
  const Result<void> listed = checkPrefix(nameSpace, key, true);
  checkRefusal(listed, Code::kInvalidKey);
  require(listed.has_value() == fits, "a prefix is text of at most 512 bytes with its namespace");
  require(!checkKey(nameSpace, key, false) && !checkPrefix(nameSpace, key, false),
          "what held an unpaired surrogate is no key");
  return 0;
}
