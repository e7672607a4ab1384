// The bytes of the boundary as the core reads and writes them. The shim is held to the same
// golden.json by tests/node/boundary/golden.test.ts, so the twins cannot part.
#include <bit>
#include <filesystem>
#include <fstream>
#include <limits>
#include <set>
#include <string>

#include <catch2/catch_test_macros.hpp>
#include <nlohmann/json.hpp>

#include "bindings/boundary/wire.h"
#include "tests/native/support/call.h"
#include "wasm/contract/capability.h"
#include "wasm/contract/limits.h"
#include "wasm/core/host.h"
#include "wasm/core/message.h"
#include "wasm/records/record.h"

using namespace kvista;
using nlohmann::json;

namespace {

const json& golden() {
  static const json parsed = [] {
    std::ifstream file(std::filesystem::path(KVISTA_TESTS) / "node" / "boundary" / "golden.json");
    REQUIRE(file.good());
    return json::parse(file, nullptr, false);
  }();
  REQUIRE(parsed.is_object());
  return parsed;
}

std::string textOf(const json& value) { return value.get<std::string>(); }

std::string fromHex(const json& value) {
  const std::string hex = textOf(value);
  std::string bytes;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
    bytes.push_back(static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16)));
  }
  return bytes;
}

std::string toHex(std::string_view bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string hex;
  for (const char byte : bytes) {
    hex.push_back(kDigits[static_cast<unsigned char>(byte) >> 4]);
    hex.push_back(kDigits[static_cast<unsigned char>(byte) & 15]);
  }
  return hex;
}

double numberOf(const json& value) {
  if (value == "NaN") return std::numeric_limits<double>::quiet_NaN();
  if (value == "Infinity") return std::numeric_limits<double>::infinity();
  return value.get<double>();
}

// NaN equals NaN here.
bool isSame(double a, double b) {
  return std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b);
}

std::uint32_t wordOf(const json& value) { return value.get<std::uint32_t>(); }

wire::Text placeOf(const json& value) { return {wordOf(value[0]), wordOf(value[1])}; }

template <typename T>
std::string_view bytesOf(const T& value) {
  return {reinterpret_cast<const char*>(&value), sizeof value};
}

}  // namespace

TEST_CASE("A use of records is the byte of golden.json") {
  for (const json& one : golden()["recordUse"]) {
    const RecordUse use = RecordUse::of(one["byte"].get<std::uint8_t>());
    CHECK((use.kind == RecordKind::kUpload) == one["isUpload"]);
    CHECK(use.isWhole == one["isWhole"]);
    CHECK(use.rewinds == one["rewinds"]);
  }
}

TEST_CASE("A request with a use of records that there is none of is refused") {
  for (const int byte : {3, 4, 7, 8, 12, 17, 255}) {
    std::string bytes =
        test::encodeCall(test::Call{.key = "k", .record = static_cast<std::uint8_t>(byte)}, 1, 0);
    CHECK_FALSE(decodeRequest(bytes).has_value());
  }
}

TEST_CASE("Operations, verbs and codes have the numbers of golden.json") {
  const json operations = {
      {"get", Op::kGet},
      {"set", Op::kSet},
      {"delete", Op::kDelete},
      {"list", Op::kList},
      {"page", Op::kPage},
      {"entry", Op::kEntry},
      {"compareAndSet", Op::kCompareAndSet},
      {"patch", Op::kPatch},
      {"getMany", Op::kGetMany},
      {"setMany", Op::kSetMany},
      {"deleteMany", Op::kDeleteMany},
      {"diagnose", Op::kDiagnose},
      {"compareAndDelete", Op::kCompareAndDelete},
      {"sweep", Op::kSweep},
      {"objectSettle", Op::kObjectSettle},
      {"objectAlarm", Op::kObjectAlarm},
  };
  CHECK(operations == golden()["op"]);
  const json operationsOfTheCore = {
      {"objectConfirm", Op::kObjectConfirm}, {"objectVersion", Op::kObjectVersion},
      {"catalogAdd", Op::kCatalogAdd},       {"catalogConfirm", Op::kCatalogConfirm},
      {"catalogRemove", Op::kCatalogRemove}, {"catalogPage", Op::kCatalogPage},
      {"catalogRaise", Op::kCatalogRaise},
  };
  CHECK(operationsOfTheCore == golden()["opOfTheCore"]);
  const json verbs = {
      {"sleep", Verb::kSleep},     {"read", Verb::kRead},         {"readMany", Verb::kReadMany},
      {"write", Verb::kWrite},     {"remove", Verb::kRemove},     {"scan", Verb::kScan},
      {"call", Verb::kCall},       {"sql", Verb::kSql},           {"setAlarm", Verb::kSetAlarm},
      {"empty", Verb::kEmpty},     {"lock", Verb::kLock},         {"unlock", Verb::kUnlock},
      {"rename", Verb::kRename},   {"statMany", Verb::kStatMany}, {"walk", Verb::kWalk},
      {"open", Verb::kOpen},       {"command", Verb::kCommand},   {"nodes", Verb::kNodes},
      {"holders", Verb::kHolders},
  };
  CHECK(verbs == golden()["verb"]);
  const std::pair<const char*, Code> codes[] = {
      {"INVALID_KEY", Code::kInvalidKey},           {"INVALID_VALUE", Code::kInvalidValue},
      {"INVALID_ARGUMENT", Code::kInvalidArgument}, {"TOO_LARGE", Code::kTooLarge},
      {"VERSION_MISMATCH", Code::kVersionMismatch}, {"NOT_FOUND", Code::kNotFound},
      {"UNSUPPORTED", Code::kUnsupported},          {"UNAVAILABLE", Code::kUnavailable},
      {"RATE_LIMITED", Code::kRateLimited},         {"TIMEOUT", Code::kTimeout},
      {"OUTCOME_UNKNOWN", Code::kOutcomeUnknown},   {"CORRUPT", Code::kCorrupt},
      {"OUT_OF_MEMORY", Code::kOutOfMemory},        {"CLOSED", Code::kClosed},
  };
  // The place of a name, from 1 on, is its number.
  CHECK(golden()["codes"].size() == std::size(codes));
  for (const auto& [name, code] : codes) {
    CAPTURE(name);
    CHECK(golden()["codes"].at(static_cast<std::size_t>(code) - 1) == name);
  }
  const json flags = {{"keyMalformed", flag::kKeyMalformed},
                      {"valueMalformed", flag::kValueMalformed},
                      {"hasExtra", flag::kHasExtra},
                      {"wantVersion", flag::kWantVersion},
                      {"checkUtf8", flag::kCheckUtf8}};
  CHECK(flags == golden()["flag"]);
  CHECK(kHeaderBytes == golden()["headerBytes"]);
}

TEST_CASE("Capabilities have the bits of golden.json, and there are no others") {
  const json capabilities = {
      {"compareAndSet", capability::kCompareAndSet},         {"patch", capability::kPatch},
      {"linearizableReads", capability::kLinearizableReads}, {"expiry", capability::kExpiry},
      {"orderedPages", capability::kOrderedPages},
  };
  CHECK(capabilities == golden()["facts"]["capabilities"]);
  std::uint32_t all = 0;
  for (const json& bit : capabilities) all |= wordOf(bit);
  CHECK(all == capability::kAll);
}

TEST_CASE("The limits that both languages have are those of golden.json") {
  const json& limits = golden()["facts"]["limits"];
  CHECK(limits.size() == 6);
  CHECK(limits["maxValueBytes"] == kMaxValueBytes);
  CHECK(limits["maxKeyBytes"] == kMaxKeyBytes);
  CHECK(limits["maxPageKeys"] == kMaxPageKeys);
  CHECK(limits["scratchBytes"] == wire::kScratchBytes);
  CHECK(limits["reapAfterDeadlineMs"] == kReapAfterDeadlineMs);
  CHECK(limits["longestTimerMs"] == kLongestTimerMs);
}

TEST_CASE("The operations that write are those of golden.json") {
  const json& facts = golden()["facts"];
  CHECK(facts["operations"] == golden()["op"]);
  std::set<std::string> writes;
  for (const auto& [name, number] : facts["operations"].items()) {
    if (isWrite(static_cast<Op>(wordOf(number)))) writes.insert(name);
  }
  CHECK(writes == facts["writes"].get<std::set<std::string>>());
  for (const json& number : golden()["opOfTheCore"]) {
    CHECK_FALSE(isWrite(static_cast<Op>(wordOf(number))));
  }
}

TEST_CASE("The numbers of the codes are those of golden.json in either form") {
  const json& codes = golden()["codes"];
  const json& numbers = golden()["facts"]["codes"];
  CHECK(numbers.size() == codes.size());
  for (std::size_t i = 0; i < codes.size(); ++i) CHECK(numbers[textOf(codes[i])] == i + 1);
}

TEST_CASE("The requests of golden.json decode to the fields that they were made from") {
  for (const json& one : golden()["requests"]) {
    CAPTURE(one["name"]);
    const std::string bytes = fromHex(one["bytes"]);
    const json& expected = one["decoded"];
    const Result<Request> request = decodeRequest(bytes);
    REQUIRE(request);
    CHECK(static_cast<int>(request->op) == golden()["op"][textOf(one["op"])]);
    CHECK(request->flags == expected["flags"]);
    CHECK(request->recordUse == expected.value("record", 0));
    CHECK(static_cast<int>(request->expiryKind) == expected["expiryKind"]);
    CHECK(request->store == one["store"]);
    CHECK(isSame(request->nowMs, numberOf(one["nowMs"])));
    CHECK(isSame(request->deadlineMs, numberOf(one["deadlineMs"])));
    CHECK(isSame(request->expiryNumber, numberOf(expected["expiryNumber"])));
    CHECK(isSame(request->number, numberOf(expected["number"])));
    CHECK(request->seed == std::stoull(textOf(golden()["seed"]), nullptr, 16));
    CHECK(request->nameSpace == textOf(one["nameSpace"]));
    CHECK(request->key == textOf(expected["key"]));
    CHECK(request->fullKey == textOf(one["nameSpace"]) + textOf(expected["key"]));
    CHECK(request->extra == textOf(expected["extra"]));
    CHECK(request->value == fromHex(expected["valueHex"]));
    REQUIRE(request->itemCount == expected["items"].size());

    const Result<std::vector<Item>> items = decodeItems(*request);
    REQUIRE(items);
    REQUIRE(items->size() == expected["items"].size());
    for (std::size_t i = 0; i < items->size(); ++i) {
      const Item& item = (*items)[i];
      const json& expectedItem = expected["items"][i];
      CHECK(item.fullKey == textOf(expectedItem["fullKey"]));
      CHECK(item.value == textOf(expectedItem["value"]));
      CHECK(item.flags == expectedItem["flags"]);
      CHECK(static_cast<int>(item.expiryKind) == expectedItem["expiryKind"]);
      CHECK(isSame(item.expiryNumber, numberOf(expectedItem["expiryNumber"])));
    }
  }
}

TEST_CASE("A request of golden.json that is cut short or too long is no request") {
  for (const json& one : golden()["requests"]) {
    const std::string bytes = fromHex(one["bytes"]);
    for (std::size_t size = 0; size < bytes.size(); ++size) {
      REQUIRE_FALSE(decodeRequest(std::string_view(bytes).substr(0, size)));
    }
    REQUIRE_FALSE(decodeRequest(bytes + "x"));
  }
}

TEST_CASE("The replies of golden.json decode to what the host answered") {
  for (const json& one : golden()["replies"]) {
    CAPTURE(one["name"]);
    const std::string bytes = fromHex(one["bytes"]);
    const json& expected = one["decoded"];
    const auto replies = wire::decodeReplies(bytes, expected.size());
    REQUIRE(replies);
    for (std::size_t i = 0; i < expected.size(); ++i) {
      const HostReply& reply = (*replies)[i];
      CHECK(reply.failed == expected[i]["failed"]);
      CHECK(reply.present == expected[i]["present"]);
      CHECK(reply.failureFlags == expected[i]["failureFlags"]);
      CHECK(isSame(reply.number, numberOf(expected[i]["number"])));
      CHECK(reply.value == fromHex(expected[i]["valueHex"]));
      CHECK(reply.meta == fromHex(expected[i]["metaHex"]));
      CHECK(reply.extra == fromHex(expected[i]["extraHex"]));
    }
    CHECK_FALSE(wire::decodeReplies(bytes, expected.size() + 1));
    CHECK_FALSE(wire::decodeReplies(bytes, expected.size() - 1));
    CHECK_FALSE(wire::decodeReplies(bytes + "x", expected.size()));
    CHECK_FALSE(
        wire::decodeReplies(std::string_view(bytes).substr(0, bytes.size() - 1), expected.size()));
  }
}

TEST_CASE("The result of a call lies in memory as golden.json has it") {
  for (const json& one : golden()["results"]) {
    CAPTURE(one["name"]);
    const std::string memory = fromHex(one["memory"]);
    const json& fields = one["result"];
    const json& texts = one["texts"];
    wire::CallResult result;
    result.kind = wordOf(fields["kind"]);
    result.slot = wordOf(fields["slot"]);
    result.sequence = wordOf(fields["sequence"]);
    result.flags = wordOf(fields["flags"]);
    result.code = wordOf(fields["code"]);
    result.keyCount = wordOf(fields["keyCount"]);
    result.itemCount = wordOf(fields["itemCount"]);
    result.requestCount = wordOf(fields["requestCount"]);
    result.expiresAt = numberOf(fields["expiresAt"]);
    result.number = numberOf(fields["number"]);
    result.value = placeOf(texts["value"]);
    result.version = placeOf(texts["version"]);
    result.keys = placeOf(texts["keys"]);
    result.cursor = placeOf(texts["cursor"]);
    result.items = placeOf(texts["items"]);
    result.message = placeOf(texts["message"]);
    result.hint = placeOf(texts["hint"]);
    result.head = placeOf(texts["head"]);
    result.requests = wordOf(one["requests"]);
    constexpr std::size_t kUsed = offsetof(wire::CallResult, requests) + sizeof result.requests;
    CHECK(toHex(bytesOf(result).substr(0, kUsed)) == toHex(memory.substr(0, kUsed)));

    if (!one.contains("hostRequests")) continue;
    const auto& asked = one["hostRequests"];
    for (std::size_t i = 0; i < asked.size(); ++i) {
      wire::HostRequest request;
      request.verb = wordOf(golden()["verb"][textOf(asked[i]["verb"])]);
      request.number = numberOf(asked[i]["number"]);
      request.key = placeOf(asked[i]["key"]);
      request.value = placeOf(asked[i]["value"]);
      request.meta = placeOf(asked[i]["meta"]);
      const std::size_t at = result.requests + i * sizeof request;
      CHECK(toHex(bytesOf(request)) == toHex(memory.substr(at, sizeof request)));
    }
  }
}

TEST_CASE("The outcomes of a batch are packed as golden.json has them") {
  int batches = 0;
  for (const json& one : golden()["results"]) {
    if (!one.contains("itemOutcomes")) continue;
    ++batches;
    std::vector<ItemOutcome> items;
    for (const json& given : one["itemOutcomes"]) {
      ItemOutcome& item = items.emplace_back();
      if (given.contains("code")) {
        std::uint8_t number = 1;
        while (golden()["codes"].at(number - 1U) != given["code"]) ++number;
        const Code code{number};
        CHECK(isRetryable(code) == given["retryable"]);
        item.error = Error{code, textOf(given["message"]), textOf(given["hint"])};
        continue;
      }
      item.present = !given["value"].is_null();
      if (item.present) item.value = textOf(given["value"]);
      if (!given["expiresAt"].is_null()) item.expiresAt = given["expiresAt"].get<std::int64_t>();
    }
    CHECK(toHex(encodeItems(items)) == textOf(one["items"]));
  }
  CHECK(batches == 1);
}
