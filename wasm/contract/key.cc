// The rules for keys, prefixes and namespaces, and the words in which they are refused.
#include "wasm/contract/key.h"

#include "wasm/contract/limits.h"
#include "wasm/core/joined.h"
#include "wasm/text/utf8.h"

namespace kvista {
namespace {

bool holdsNul(std::string_view text) { return text.find('\0') != std::string_view::npos; }

bool isDots(std::string_view text) { return text == "." || text == ".."; }

std::unexpected<Error> failUnpaired(Code code, std::string_view what) {
  return fail(code, joined({what, " holds an unpaired surrogate or is otherwise no valid UTF-8"}),
              "use well-formed text; String.prototype.isWellFormed tells");
}

std::unexpected<Error> failNul(Code code, std::string_view what) {
  return fail(code, joined({what, " holds a NUL character (U+0000)"}),
              "leave the NUL character out");
}

std::unexpected<Error> failTooLong(std::string_view what, std::size_t bytes,
                                   std::size_t nameSpaceBytes) {
  const std::string share =
      nameSpaceBytes == 0 ? "" : joined({", ", nameSpaceBytes, " of them the store's namespace"});
  return fail(
      Code::kInvalidKey,
      joined({what, " is ", bytes, " bytes as UTF-8", share, "; at most ", kMaxKeyBytes,
              " are allowed"}),
      nameSpaceBytes == 0 ? "use a shorter one" : "use a shorter one, or a shorter namespace");
}

// The rules that keys and prefixes share.
Result<void> checkText(std::string_view what, std::string_view nameSpace, std::string_view text,
                       bool wellFormed) {
  if (!wellFormed || !isUtf8(text)) return failUnpaired(Code::kInvalidKey, what);
  if (holdsNul(text)) return failNul(Code::kInvalidKey, what);
  const std::size_t bytes = nameSpace.size() + text.size();
  if (bytes <= kMaxKeyBytes) return {};
  return failTooLong(what, bytes, nameSpace.size());
}

}  // namespace

Result<void> checkKey(std::string_view nameSpace, std::string_view key, bool wellFormed) {
  if (key.empty()) {
    return fail(Code::kInvalidKey, "the key is empty",
                joined({"use a key of 1 to ", kMaxKeyBytes, " bytes"}));
  }
  if (isDots(key)) {
    return fail(Code::kInvalidKey, "the key is \".\" or \"..\"",
                "use another key: some backends read these two as paths");
  }
  return checkText("the key", nameSpace, key, wellFormed);
}

Result<void> checkPrefix(std::string_view nameSpace, std::string_view prefix, bool wellFormed) {
  return checkText("the prefix", nameSpace, prefix, wellFormed);
}

Result<void> checkNamespace(std::string_view nameSpace, bool wellFormed) {
  if (!wellFormed || !isUtf8(nameSpace))
    return failUnpaired(Code::kInvalidArgument, "the namespace");
  if (holdsNul(nameSpace)) return failNul(Code::kInvalidArgument, "the namespace");
  if (nameSpace.size() < kMaxKeyBytes) return {};
  return fail(
      Code::kInvalidArgument,
      joined({"the namespace is ", nameSpace.size(), " bytes as UTF-8; at most ", kMaxKeyBytes - 1,
              " are allowed"}),
      joined({"use a shorter one: namespace and key together have ", kMaxKeyBytes, " bytes"}));
}

std::string nextAfterPrefix(std::string_view prefix) {
  const std::size_t last = prefix.find_last_not_of('\xFF');
  if (last == std::string_view::npos) return {};
  std::string next(prefix.substr(0, last + 1));
  next.back() = static_cast<char>(static_cast<unsigned char>(next.back()) + 1);
  return next;
}

}  // namespace kvista
