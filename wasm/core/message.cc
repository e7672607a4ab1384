#include "wasm/core/message.h"

#include <bit>
#include <cstring>

#include "wasm/core/bytes.h"
#include "wasm/core/record-use.h"

namespace kvista {
namespace {

constexpr std::string_view kNoMessage = "the bytes are no message of this version of kvista";
constexpr std::string_view kNoMessageHint =
    "deploy the same version of kvista on both sides of the binding";

}  // namespace

Request::Request() = default;
Request::Request(const Request&) = default;
Request& Request::operator=(const Request&) = default;

ItemOutcome::ItemOutcome() = default;
ItemOutcome::ItemOutcome(const ItemOutcome&) = default;
ItemOutcome::ItemOutcome(ItemOutcome&&) noexcept = default;
ItemOutcome& ItemOutcome::operator=(const ItemOutcome&) = default;
ItemOutcome& ItemOutcome::operator=(ItemOutcome&&) noexcept = default;
ItemOutcome::~ItemOutcome() = default;

Answer::Answer() = default;
Answer::Answer(Answer&&) noexcept = default;
Answer& Answer::operator=(Answer&&) noexcept = default;
Answer::~Answer() = default;

bool isWrite(Op op) {
  switch (op) {
    case Op::kSet:
    case Op::kDelete:
    case Op::kCompareAndSet:
    case Op::kPatch:
    case Op::kSetMany:
    case Op::kDeleteMany:
    case Op::kCompareAndDelete:
      return true;
    default:
      return false;
  }
}

Op opOfItems(Op batch) {
  if (batch == Op::kGetMany) return Op::kGet;
  return batch == Op::kSetMany ? Op::kSet : Op::kDelete;
}

Result<Request> decodeRequest(std::string_view bytes) {
  // As it lies in the bytes: read at once, because every call begins with it.
  struct Header {
    std::uint8_t op, flags, expiryKind, recordUse;
    std::uint32_t store;
    double nowMs, deadlineMs, expiryNumber;
    std::uint64_t seed;
    double number;
    std::uint32_t nameSpaceLength, keyLength, valueLength, extraLength, itemsLength, itemCount;
  };
  static_assert(sizeof(Header) == kHeaderBytes && std::endian::native == std::endian::little);
  const auto refuse = [] { return fail(Code::kInvalidArgument, kNoMessage, kNoMessageHint); };
  if (bytes.size() < kHeaderBytes) return refuse();
  Header header;
  std::memcpy(&header, bytes.data(), sizeof header);
  std::string_view rest = bytes.substr(kHeaderBytes);
  const std::uint64_t total = std::uint64_t{header.nameSpaceLength} + header.keyLength +
                              header.valueLength + header.extraLength + header.itemsLength;
  if (total != rest.size() || header.expiryKind > static_cast<std::uint8_t>(ExpiryKind::kBoth) ||
      !RecordUse::isValid(header.recordUse)) {
    return refuse();
  }
  const auto take = [&rest](std::size_t size) {
    const std::string_view taken(rest.data(), size);
    rest.remove_prefix(size);
    return taken;
  };
  Result<Request> decoded;
  Request& request = *decoded;
  request.op = static_cast<Op>(header.op);
  request.flags = header.flags;
  request.expiryKind = static_cast<ExpiryKind>(header.expiryKind);
  request.recordUse = header.recordUse;
  request.store = header.store;
  request.nowMs = header.nowMs;
  request.deadlineMs = header.deadlineMs;
  request.expiryNumber = header.expiryNumber;
  request.seed = header.seed;
  request.number = header.number;
  request.itemCount = header.itemCount;
  request.fullKey =
      std::string_view(rest.data(), std::size_t{header.nameSpaceLength} + header.keyLength);
  request.nameSpace = take(header.nameSpaceLength);
  request.key = take(header.keyLength);
  request.extra = take(header.extraLength);
  request.items = take(header.itemsLength);
  request.value = take(header.valueLength);
  return decoded;
}

Result<std::vector<Item>> decodeItems(const Request& request) {
  constexpr std::size_t kItemHeaderBytes = 20;
  const auto refuse = [] { return fail(Code::kInvalidArgument, kNoMessage, kNoMessageHint); };
  if (request.itemCount > request.items.size() / kItemHeaderBytes) return refuse();
  std::vector<Item> items;
  items.reserve(request.itemCount);
  ByteReader in(request.items);
  for (std::uint32_t i = 0; i < request.itemCount; ++i) {
    Item item;
    const std::uint32_t keyLength = in.u32();
    const std::uint32_t valueLength = in.u32();
    const std::uint32_t bits = in.u32();
    item.flags = static_cast<std::uint8_t>(bits & 0xff);
    item.expiryKind = static_cast<ExpiryKind>((bits >> 8) & 3);
    item.expiryNumber = in.f64();
    item.fullKey = in.raw(keyLength);
    item.value = in.raw(valueLength);
    if (!in.ok() || keyLength < request.nameSpace.size() || bits >= 1U << 10) return refuse();
    items.push_back(item);
  }
  if (!in.atEnd()) return refuse();
  return items;
}

}  // namespace kvista
