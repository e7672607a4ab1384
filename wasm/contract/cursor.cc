// Page cursors: the grammar is in the header.
#include "wasm/contract/cursor.h"

#include <optional>
#include <utility>

#include "wasm/core/joined.h"
#include "wasm/text/base64.h"

namespace kvista {
namespace {

constexpr char kVersion = 1;
constexpr std::size_t kKindAt = 1;
constexpr std::size_t kListingAt = 2;
constexpr std::size_t kPayloadAt = 10;
constexpr std::size_t kChecksumBytes = 4;

void appendLittleEndian(std::string& to, std::uint64_t number, std::size_t bytes) {
  for (std::size_t i = 0; i < bytes; ++i) to.push_back(static_cast<char>(number >> (8 * i)));
}

std::string fieldsBeforePayload(const Listing& listing) {
  const char kind = static_cast<char>(listing.storeKind);
  std::string identity(1, kind);
  appendLittleEndian(identity, listing.nameSpace.size(), 4);
  const std::uint64_t hash = fnv1a(listing.prefix, fnv1a(listing.nameSpace, fnv1a(identity)));

  std::string fields{kVersion, kind};
  appendLittleEndian(fields, hash, kPayloadAt - kListingAt);
  return fields;
}

std::string checksumOf(std::string_view body) {
  const std::uint64_t hash = fnv1a(body);
  std::string checksum;
  appendLittleEndian(checksum, hash ^ (hash >> 32), kChecksumBytes);
  return checksum;
}

std::unexpected<Error> refuse(std::string_view message) {
  return fail(Code::kInvalidArgument, message,
              "pass the cursor that the last page of this listing returned, unchanged and with the "
              "same prefix; or leave it out to start again");
}

}  // namespace

std::uint64_t fnv1a(std::string_view bytes, std::uint64_t hash) {
  for (const char byte : bytes) {
    hash = (hash ^ static_cast<unsigned char>(byte)) * 0x100000001B3;
  }
  return hash;
}

std::string encodeCursor(const Listing& listing, std::string_view payload) {
  std::string bytes = fieldsBeforePayload(listing);
  bytes += payload;
  bytes += checksumOf(bytes);
  return base64UrlEncode(bytes);
}

std::unexpected<Error> malformedCursor() { return refuse("the cursor is malformed"); }

Result<std::string> decodeCursor(const Listing& listing, std::string_view text) {
  if (text.size() > kMaxCursorChars) {
    return refuse(joined({"the cursor is malformed: it has ", text.size(), " characters; at most ",
                          kMaxCursorChars, " are possible"}));
  }
  const std::optional<std::string> bytes = base64UrlDecode(text);
  if (!bytes || bytes->size() < kPayloadAt + kChecksumBytes) {
    return malformedCursor();
  }
  const std::string_view body(bytes->data(), bytes->size() - kChecksumBytes);
  if (checksumOf(body) != std::string_view(*bytes).substr(body.size())) {
    return malformedCursor();
  }
  if (body[0] != kVersion) return refuse("the cursor was made by another version of this program");
  if (body[kKindAt] != static_cast<char>(listing.storeKind)) {
    return refuse("the cursor belongs to another kind of store");
  }
  if (!body.starts_with(fieldsBeforePayload(listing))) {
    return refuse("the cursor belongs to another listing: its namespace or prefix is not this one");
  }
  return std::string(body.substr(kPayloadAt));
}

}  // namespace kvista
