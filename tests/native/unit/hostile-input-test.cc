// What the fuzz targets (tests/fuzz) have found, one case each: bytes that no part of kvista sends,
// and what is made of them.
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <catch2/catch_test_macros.hpp>

#include "tests/native/support/driver.h"
#include "wasm/contract/cursor.h"
#include "wasm/contract/listing.h"
#include "wasm/core/bytes.h"
#include "wasm/core/whole.h"
#include "wasm/stores/durable-object/object-head.h"
#include "wasm/stores/file/file-stat.h"
#include "wasm/text/json-object.h"

using namespace kvista;
using namespace kvista::test;

namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNoNumber = std::numeric_limits<double>::quiet_NaN();

// A store whose host answers every request alike, but for sleeps.
struct World {
  World(std::string_view config, Replied reply)
      : host([reply = std::move(reply)](const Asked& asked) {
          return asked.verb == Verb::kSleep ? Replied{} : reply;
        }),
        driver(loop, host, config) {}

  Loop loop{};
  FunctionHost host;
  Driver driver;
};

Replied array(const std::vector<std::string>& texts) {
  ByteWriter out;
  for (const std::string& one : texts) out.bytes(one);
  return {.present = true, .value = out.take()};
}

Replied answered(const Result<Answer>& answer) {
  return {.present = true, .meta = encodeAnswer(answer)};
}

}  // namespace

TEST_CASE("A number that an integer cannot hold becomes the nearest one that it can") {
  CHECK(wholeOf(-1.5) == -1);
  CHECK(wholeOf(1e300) > std::int64_t{1} << 62);
  CHECK(wholeOf(-kInfinity) == std::numeric_limits<std::int64_t>::min());
  CHECK(wholeOf(kNoNumber) == 0);
  CHECK(countOf(7.9) == 7);
  CHECK(countOf(-1) == 0);
  CHECK(countOf(kInfinity) == 0xFFFF'FFFF);
  CHECK(countOf(kNoNumber) == 0);
}

TEST_CASE("An answer's expiry may be any number, and its keys are as many as it says") {
  const Result<Answer> late = decodeAnswer(ByteWriter().u8(4).f64(1e300).take(), "");
  REQUIRE(late);
  CHECK(late->expiresAt == wholeOf(1e300));
  const auto withKeys = [](std::uint32_t count, std::string_view keys) {
    return decodeAnswer(ByteWriter().u8(32).u32(count).bytes(keys).take(), "");
  };
  CHECK(withKeys(2, std::string_view("a\0b\0", 4)));
  CHECK_FALSE(withKeys(3, std::string_view("a\0b\0", 4)));
  CHECK_FALSE(withKeys(1, std::string_view("a\0b", 3)));
  CHECK_FALSE(withKeys(0, "a"));
}

TEST_CASE("A batch is all of its bytes, and an item's unknown bits are refused") {
  const auto decoded = [](std::string items) {
    Request request;
    request.itemCount = 1;
    request.items = items;
    return decodeItems(request).has_value();
  };
  const auto item = [](std::uint32_t bits) {
    return ByteWriter().u32(1).u32(0).u32(bits).f64(0).raw("a", 1).take();
  };
  CHECK(decoded(item(3 << 8)));
  CHECK_FALSE(decoded(item(1 << 10)));
  CHECK_FALSE(decoded(item(0) + "x"));
}

TEST_CASE("The last of some names may lack its NUL") {
  std::string_view names("a\0b", 3);
  CHECK(takeName(names) == "a");
  CHECK(takeName(names) == "b");
  CHECK(names.empty());
  CHECK(takeName(names).empty());
}

TEST_CASE("A head of an object has no bits but ours, and no more chunks than a value can have") {
  const auto head = [](std::uint8_t bits) {
    return std::move(ByteWriter().u8(3).u8(bits).u32(0).f64(0));
  };
  CHECK(decodeHead(head(1).raw("k", 1).take(), "v"));
  CHECK_FALSE(decodeHead(head(1 | 32).raw("k", 1).take(), "v"));
  CHECK(decodeHead(head(17).u32(40'000).u32(1).raw("k", 1).take(), ""));
  CHECK_FALSE(decodeHead(head(17).u32(40'000).u32(0).raw("k", 1).take(), ""));
  CHECK_FALSE(decodeHead(head(17).u32(40'000).u32(100'000'000).raw("k", 1).take(), ""));
  CHECK_FALSE(decodeHead(head(17).u32(100'000'000).u32(14).raw("k", 1).take(), ""));
}

TEST_CASE("A file's mode and times may be any numbers") {
  FileStat stat{.mtimeMs = -1'000 + 1000.0 / 1024, .ctimeMs = 0, .mode = 1e300, .size = 0};
  CHECK(stat.isMarked());
  CHECK_FALSE(expiryOf(stat));
  // Nobody writes a near moment as a far one.
  stat.mtimeMs = 5'000 + 3000.0 / 1024;
  CHECK_FALSE(expiryOf(stat));
  for (const double mtimeMs : {1e300, -kInfinity, kNoNumber}) {
    stat.mtimeMs = mtimeMs;
    CHECK_FALSE(expiryOf(stat));
  }
}

TEST_CASE("A number's digits and its exponent may make up for each other") {
  const std::string zeros(400, '0');
  const auto numberOf = [](const std::string& text) { return JsonText{text}.number(); };
  CHECK(numberOf("1" + zeros + "e-400") == 1);
  CHECK(numberOf("0." + zeros + "5e401") == 5);
  CHECK(numberOf("0." + std::string(20'000, '0') + "7e20001") == 7);
}

TEST_CASE("The latest expiry that Redis knows is one") {
  World world(R"({"kind":"redis"})", array({"1", "9223372036854775807"}));
  const Told told = world.driver.run({.op = Op::kEntry, .key = "a"});
  REQUIRE(told.ok());
  CHECK(told.expiresAt == 9'223'372'036'854'776);
}

TEST_CASE("A forged cursor adds no word to Redis's SCAN") {
  const Listing listing{static_cast<std::uint8_t>(StoreKind::kRedis), "", ""};
  for (const std::string_view scan :
       {std::string_view("0\0type\0list", 11), std::string_view("-1"), std::string_view("x")}) {
    World world(R"({"kind":"redis"})", array({"0"}));
    const std::string cursor = encodeCursor(listing, std::string(16, '\0').append(scan));
    CHECK(world.driver.run(page("", 10, cursor)).code() == Code::kInvalidArgument);
  }
  World world(R"({"kind":"redis"})", array({std::string("0\0type", 6), "a"}));
  CHECK(world.driver.run(list()).code() == Code::kCorrupt);
}

TEST_CASE("A call between kvista's parts has an end, too") {
  for (const double deadlineMs : {kNoNumber, kInfinity}) {
    World world(R"({"kind":"catalog"})", failed("Error: lost"));
    const Call call{.op = Op::kCatalogAdd, .key = "a", .deadlineMs = deadlineMs};
    CHECK(world.driver.run(call).code() == Code::kInvalidArgument);
  }
}

TEST_CASE(
    "A catalog that tells of too many shards, or of keys of another prefix, is not believed") {
  constexpr std::string_view kConfig = R"({"kind":"durable-object","catalogShards":1})";
  const Call call{.op = Op::kList, .key = "a", .nameSpace = "space:"};
  Result<Answer> shards;
  shards->number = 1e9;
  CHECK(World(kConfig, answered(shards)).driver.run(call).code() == Code::kCorrupt);
  Result<Answer> keys;
  addKey(*keys, "a");
  CHECK(World(kConfig, answered(keys)).driver.run(call).code() == Code::kCorrupt);
  Result<Answer> cursor;
  cursor->cursor = "a";
  CHECK(World(kConfig, answered(cursor)).driver.run(call).code() == Code::kCorrupt);
}

TEST_CASE("Rows of another prefix, and values of too many parts, are not believed") {
  constexpr std::string_view kConfig = R"({"kind":"durable-object-storage"})";
  const Call call{.op = Op::kList, .key = "a", .nameSpace = "space:"};
  const Replied key{.present = true, .value = ByteWriter().u8(3).bytes("a").take()};
  CHECK(World(kConfig, key).driver.run(call).code() == Code::kCorrupt);
  const std::string_view twice("a\0b", 3);
  const Replied keys{.present = true, .value = ByteWriter().u8(3).bytes(twice).take()};
  CHECK(World(kConfig, keys).driver.run(list()).code() == Code::kCorrupt);
  const std::string row = ByteWriter().u8(0).u8(1).f64(2261).u8(2).bytes("v").take();
  const Call entry{.op = Op::kEntry, .key = "a"};
  CHECK(World(kConfig, {.present = true, .value = row}).driver.run(entry).code() == Code::kCorrupt);
}

TEST_CASE("An object writes what it read, whoever else reads and writes meanwhile") {
  // Grants every lock, and performs the first write late.
  class LateHost final : public Host {
   public:
    std::optional<Replies> perform(std::uint64_t /*operation*/, const Step& step,
                                   std::function<void(Replies)> later) override {
      if (step.front().verb == Verb::kWrite && !late) {
        late = std::move(later);
        steps = step.size();
        return std::nullopt;
      }
      Replied reply{.present = true};
      if (step.front().verb == Verb::kRead) {
        reply.value = std::string(64, 'v');
        reply.meta = encodeHead({.live = true, .key = "k", .expiresAt = 2e9});
      }
      return Replies(step.size(), reply);
    }
    std::function<void(Replies)> late{};
    std::size_t steps = 0;
  };
  Loop loop;
  LateHost host;
  Driver driver(loop, host, R"({"kind":"object"})");
  const Call alarm{.op = Op::kObjectAlarm};
  const auto first = driver.start(alarm);
  REQUIRE(host.late);
  CHECK(driver.run(alarm).ok());
  host.late(Replies(host.steps));
  CHECK(first->ok());
  CHECK(driver.run(get("k")).value == std::string(64, 'v'));
}
