#include "tests/native/support/call.h"

#include "wasm/core/bytes.h"

namespace kvista::test {
namespace {

std::uint32_t length(std::string_view text) { return static_cast<std::uint32_t>(text.size()); }

}  // namespace

std::string encodeCall(const Call& call, std::uint32_t store, double nowMs) {
  ByteWriter items;
  for (const Record& one : call.items) {
    const std::string key = call.nameSpace + one.key;
    items.u32(length(key)).u32(length(one.value));
    items.u32(one.flags | static_cast<std::uint32_t>(one.expiryKind) << 8).f64(one.expiry);
    items.raw(key.data(), key.size()).raw(one.value.data(), one.value.size());
  }
  const auto flags = static_cast<std::uint8_t>(call.flags | (call.extra ? flag::kHasExtra : 0));
  const std::string extra = call.extra.value_or("");
  ByteWriter out;
  out.u8(static_cast<std::uint8_t>(call.op)).u8(flags);
  out.u8(static_cast<std::uint8_t>(call.expiryKind)).u8(call.record).u32(store);
  out.f64(nowMs).f64(nowMs + call.deadlineMs).f64(call.expiry);
  out.raw(&call.seed, sizeof call.seed).f64(call.number);
  out.u32(length(call.nameSpace)).u32(length(call.key)).u32(length(call.value));
  out.u32(length(extra)).u32(length(items.view()));
  out.u32(static_cast<std::uint32_t>(call.items.size()));
  for (const std::string_view part :
       {std::string_view(call.nameSpace), std::string_view(call.key), std::string_view(extra),
        items.view(), std::string_view(call.value)}) {
    out.raw(part.data(), part.size());
  }
  return out.take();
}

Told tell(const Result<Answer>& answer) {
  Told told{.done = true};
  told.head = encodeAnswer(answer);
  if (!answer) {
    told.error = answer.error();
    return told;
  }
  told.present = answer->present;
  told.value = answer->value();
  told.version = answer->version;
  told.expiresAt = answer->expiresAt;
  std::string_view keys = answer->keys;
  while (!keys.empty()) {
    told.keys.emplace_back(keys.substr(0, keys.find('\0')));
    keys.remove_prefix(told.keys.back().size() + 1);
  }
  told.cursor = answer->cursor;
  told.items = answer->items;
  told.number = answer->number;
  told.followUp = answer->followUp;
  return told;
}

const char* nameOf(Op op) {
  switch (op) {
    case Op::kGet:
      return "get";
    case Op::kSet:
      return "set";
    case Op::kDelete:
      return "delete";
    case Op::kList:
      return "list";
    case Op::kPage:
      return "page";
    case Op::kEntry:
      return "entry";
    case Op::kCompareAndSet:
      return "compareAndSet";
    case Op::kCompareAndDelete:
      return "compareAndDelete";
    case Op::kPatch:
      return "patch";
    case Op::kGetMany:
      return "getMany";
    case Op::kSetMany:
      return "setMany";
    case Op::kDeleteMany:
      return "deleteMany";
    case Op::kObjectConfirm:
      return "confirm";
    case Op::kObjectVersion:
      return "version";
    case Op::kCatalogAdd:
      return "add";
    case Op::kCatalogConfirm:
      return "confirmed";
    case Op::kCatalogRemove:
      return "remove";
    case Op::kCatalogPage:
      return "page";
    case Op::kCatalogRaise:
      return "raise";
    default:
      return "another operation";
  }
}

const char* nameOf(Code code) {
  constexpr const char* kNames[] = {
      "none",        "INVALID_KEY",      "INVALID_VALUE", "INVALID_ARGUMENT",
      "TOO_LARGE",   "VERSION_MISMATCH", "NOT_FOUND",     "UNSUPPORTED",
      "UNAVAILABLE", "RATE_LIMITED",     "TIMEOUT",       "OUTCOME_UNKNOWN",
      "CORRUPT",     "OUT_OF_MEMORY",    "CLOSED"};
  const auto number = static_cast<std::size_t>(code);
  return number < std::size(kNames) ? kNames[number] : "a code that there is not";
}

Call get(std::string key) { return {.op = Op::kGet, .key = std::move(key)}; }
Call set(std::string key, std::string value) {
  return {.op = Op::kSet, .key = std::move(key), .value = std::move(value)};
}
Call setFor(std::string key, std::string value, double ttlSeconds) {
  return {.op = Op::kSet,
          .key = std::move(key),
          .value = std::move(value),
          .expiryKind = ExpiryKind::kTtl,
          .expiry = ttlSeconds};
}
Call deleteKey(std::string key) { return {.op = Op::kDelete, .key = std::move(key)}; }
Call list(std::string prefix) { return {.op = Op::kList, .key = std::move(prefix)}; }
Call page(std::string prefix, double limit, std::optional<std::string> cursor) {
  return {.op = Op::kPage, .key = std::move(prefix), .extra = std::move(cursor), .number = limit};
}
Call compareAndSet(std::string key, std::optional<std::string> version, std::string value) {
  return {.op = Op::kCompareAndSet,
          .key = std::move(key),
          .value = std::move(value),
          .extra = std::move(version)};
}
Call patch(std::string key, std::string json) {
  return {.op = Op::kPatch, .key = std::move(key), .value = std::move(json)};
}
Call many(Op op, std::vector<Record> items) { return {.op = op, .items = std::move(items)}; }

}  // namespace kvista::test
