// Cursors: what was encoded is decoded for its own listing, and nothing else is. The input is a
// cursor or a payload, a namespace and a prefix; its first byte is the kind of store.
#include "wasm/contract/cursor.h"

#include <string>
#include <utility>

#include "tests/fuzz/support/input.h"

using namespace kvista;
using kvista::fuzz::require;

namespace {

void refuses(const Listing& listing, std::string_view cursor, std::string_view property) {
  const Result<std::string> decoded = decodeCursor(listing, cursor);
  require(!decoded, property);
  require(decoded.error().code == Code::kInvalidArgument, "a refused cursor is INVALID_ARGUMENT");
}

void checkCursor(const Listing& own, std::string_view cursor) {
  const Listing kind{static_cast<std::uint8_t>(own.storeKind + 1), own.nameSpace, own.prefix};
  refuses(kind, cursor, "a cursor is of its kind of store");
  const std::string longer = std::string(own.prefix) + "x";
  refuses({own.storeKind, own.nameSpace, longer}, cursor, "a cursor is of its prefix");
  const std::string both = std::string(own.nameSpace) + std::string(own.prefix);
  for (std::size_t cut = 0; cut <= both.size(); cut += 1 + both.size() / 8) {
    if (cut == own.nameSpace.size()) continue;
    const std::string_view all(both);
    refuses({own.storeKind, all.substr(0, cut), all.substr(cut)}, cursor,
            "a cursor knows where its namespace ends");
  }
  std::string changed(cursor);
  const std::size_t at = changed.size() / 2;
  changed[at] = changed[at] == 'A' ? 'B' : 'A';
  refuses(own, changed, "a cursor with another letter is no cursor");
  // Of some letters only the first bits count.
  for (const char last : std::string_view("AQgwBRhxIYo4_-")) {
    std::string other(cursor);
    if (std::exchange(other.back(), last) == last) continue;
    refuses(own, other, "a cursor with another last letter is no cursor");
  }
  refuses(own, cursor.substr(1), "a cursor without its first letter is no cursor");
  refuses(own, std::string(cursor) + "=", "a cursor has no padding");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::Input input(data, size);
  const std::string_view text = input.part();
  const std::string_view nameSpace = input.part();
  const std::string_view prefix = input.part();
  const std::uint8_t kind = text.empty() ? 0 : static_cast<std::uint8_t>(text.front());
  const Listing listing{kind, nameSpace, prefix};

  if (const Result<std::string> payload = decodeCursor(listing, text)) {
    require(encodeCursor(listing, *payload) == text, "what is decoded was encoded so");
  }
  const std::string cursor = encodeCursor(listing, text);
  const bool fits = text.size() <= kMaxCursorPayloadBytes;
  const Result<std::string> back = decodeCursor(listing, cursor);
  require(back.has_value() == fits && (!fits || *back == text), "what was encoded is decoded");
  if (fits) checkCursor(listing, cursor);
  return 0;
}
