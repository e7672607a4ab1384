// The messages that travel between a Worker and an object, and what goes to JavaScript as bytes.
#include <algorithm>
#include <limits>
#include <utility>

#include "wasm/core/bytes.h"
#include "wasm/core/message.h"
#include "wasm/core/whole.h"

namespace kvista {
namespace {

constexpr double kNever = std::numeric_limits<double>::infinity();

double expiryNumber(const std::optional<std::int64_t>& expiresAt) {
  return expiresAt ? static_cast<double>(*expiresAt) : kNever;
}

// The bits of an answer.
constexpr int kFailed = 1;
constexpr int kPresent = 2;
constexpr int kExpires = 4;
constexpr int kNumber = 8;
constexpr int kVersion = 16;
constexpr int kKeys = 32;
constexpr int kCursor = 64;

void writeError(ByteWriter& out, const Error& error) {
  out.u8(static_cast<std::uint8_t>(error.code)).bytes(error.message).bytes(error.hint);
}

Error readError(ByteReader& in) {
  Error error;
  error.code = static_cast<Code>(in.u8());
  error.message = in.bytes();
  error.hint = in.bytes();
  return error;
}

std::unexpected<Error> noMessage() {
  return fail(Code::kCorrupt, "the bytes are no message of this version of kvista",
              "deploy the same version of kvista on both sides of the binding");
}

}  // namespace

std::string encodeRemoteRequest(const Request& request) {
  ByteWriter out;
  out.reserve(kHeaderBytes + request.fullKey.size() + request.extra.size());
  const auto length = [](std::string_view text) { return static_cast<std::uint32_t>(text.size()); };
  out.u8(static_cast<std::uint8_t>(request.op)).u8(request.flags);
  out.u8(static_cast<std::uint8_t>(request.expiryKind)).u8(request.recordUse);
  out.u32(0).f64(request.nowMs).f64(request.deadlineMs).f64(request.expiryNumber);
  out.raw(&request.seed, sizeof request.seed).f64(request.number);
  out.u32(0).u32(length(request.fullKey)).u32(length(request.value));
  out.u32(length(request.extra)).u32(0).u32(0);
  out.raw(request.fullKey.data(), request.fullKey.size());
  out.raw(request.extra.data(), request.extra.size());
  return out.take();
}

std::string encodeItems(const std::vector<ItemOutcome>& items) {
  constexpr std::size_t kMaxFixedBytes = 16;
  std::size_t total = 0;
  for (const ItemOutcome& item : items) {
    total += kMaxFixedBytes + item.value.size();
    if (item.error) total += item.error->message.size() + item.error->hint.size();
  }
  ByteWriter out;
  out.reserve(total);
  for (const ItemOutcome& item : items) {
    out.u8(item.error ? 1 : 0);
    if (item.error) {
      out.u8(static_cast<std::uint8_t>(item.error->code)).u8(isRetryable(item.error->code) ? 1 : 0);
      out.bytes(item.error->message).bytes(item.error->hint);
    } else {
      out.u8(item.present ? 1 : 0).f64(expiryNumber(item.expiresAt)).bytes(item.value);
    }
  }
  return out.take();
}

std::string encodeAnswer(const Result<Answer>& result) {
  constexpr std::size_t kUsualBytes = 32;
  ByteWriter out;
  out.reserve(kUsualBytes + (result ? result->keys.size() : 0));
  if (!result) {
    out.u8(kFailed);
    writeError(out, result.error());
    return out.take();
  }
  const Answer& answer = *result;
  const int bits = (answer.present ? kPresent : 0) | (answer.expiresAt ? kExpires : 0) |
                   (answer.number != 0 ? kNumber : 0) | (answer.version.empty() ? 0 : kVersion) |
                   (answer.keyCount == 0 ? 0 : kKeys) | (answer.cursor ? kCursor : 0);
  out.u8(static_cast<std::uint8_t>(bits));
  if (answer.expiresAt) out.f64(static_cast<double>(*answer.expiresAt));
  if (answer.number != 0) out.f64(answer.number);
  if (!answer.version.empty()) out.bytes(answer.version);
  if (answer.keyCount != 0) out.u32(answer.keyCount).bytes(answer.keys);
  if (answer.cursor) out.bytes(*answer.cursor);
  return out.take();
}

Result<Answer> decodeAnswer(std::string_view head, std::string_view value) {
  if (head.empty()) return noMessage();
  ByteReader in(head);
  const std::uint8_t bits = in.u8();
  if ((bits & kFailed) != 0) {
    Error error = readError(in);
    if (in.ok() && error.code >= Code::kInvalidKey && error.code <= Code::kClosed) {
      return std::unexpected(std::move(error));
    }
    return noMessage();
  }
  Result<Answer> decoded;
  Answer& answer = *decoded;
  answer.present = (bits & kPresent) != 0;
  if ((bits & kExpires) != 0) answer.expiresAt = wholeOf(in.f64());
  if ((bits & kNumber) != 0) answer.number = in.f64();
  if ((bits & kVersion) != 0) answer.version = in.bytes();
  if ((bits & kKeys) != 0) {
    answer.keyCount = in.u32();
    answer.keys = in.bytes();
    // Some readers go by the count, others by the NUL behind each.
    const bool isCounted = std::cmp_equal(std::ranges::count(answer.keys, '\0'), answer.keyCount);
    if (!isCounted || !answer.keys.ends_with('\0')) return noMessage();
  }
  if ((bits & kCursor) != 0) answer.cursor = std::string(in.bytes());
  answer.view = value;
  if (!in.ok() || !in.atEnd()) return noMessage();
  return decoded;
}

}  // namespace kvista
