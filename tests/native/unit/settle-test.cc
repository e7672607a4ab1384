// A write whose answer was lost: reading settles it where it can, and else its outcome is unknown.
#include <catch2/catch_test_macros.hpp>

#include "tests/native/support/backend.h"
#include "wasm/contract/version.h"

using namespace kvista;
using namespace kvista::test;

namespace {

const Replied kLost = failed("Error: Network connection lost.", failure::kRetryable);
const Replied kThrew = failed("Error: something in the object threw", failure::kRemote);
const Replied kBusy =
    failed("Error: Durable Object is overloaded. Too many requests queued.", failure::kOverloaded);

bool isSetting(const Passing& call) { return call.op == Op::kSet || call.op == Op::kCompareAndSet; }

// What is done to the calls of an operation, one after the other; the rest arrive.
struct Script {
  std::function<bool(const Passing&)> applies;
  std::vector<Fate> fates;
  std::size_t next = 0;
  Fate operator()(const Passing& call) {
    return applies(call) && next < fates.size() ? fates[next++] : Fate{};
  }
};

struct World : Backend {
  World() : Backend("durable-object") {}
  void script(std::function<bool(const Passing&)> applies, std::vector<Fate> fates) {
    auto script = std::make_shared<Script>(Script{std::move(applies), std::move(fates)});
    objects.fate = [script](const Passing& call) { return (*script)(call); };
  }
};

}  // namespace

TEST_CASE("A set whose answer was lost is found done by reading its own value") {
  World world;
  world.script(isSetting, {{.lost = kThrew}});
  const Told told = world.driver().run(set("a", "1"));
  CHECK(told.ok());
  CHECK(world.driver().run(get("a")).value == "1");
}

TEST_CASE("A plain set that is not found afterwards has an unknown outcome") {
  World world;
  REQUIRE(world.driver().run(set("a", "0")).ok());
  world.script(isSetting, {{.refused = kThrew}});
  const Told told = world.driver().run(set("a", "1"));
  CHECK(told.code() == Code::kOutcomeUnknown);
  CHECK_FALSE(isRetryable(*told.code()));
  CHECK(told.error->hint.find("read") != std::string::npos);
}

TEST_CASE(
    "A conditional write that did not arrive is sent again when the old version is still there") {
  World world;
  REQUIRE(world.driver().run(set("a", "0")).ok());
  world.script(isSetting, {{.refused = kLost}, {.refused = kLost}});
  CHECK(world.driver().run(compareAndSet("a", versionOf("0"), "1")).ok());
  CHECK(world.driver().run(get("a")).value == "1");
}

TEST_CASE("A creation whose answer was lost does not come back after somebody has deleted it") {
  World world;
  bool first = true;
  world.objects.fate = [&](const Passing& call) {
    if (!first || call.op != Op::kCompareAndSet) return Fate{};
    first = false;
    return Fate{.answerDelayMs = 100, .lost = kLost};
  };
  const auto told = world.driver().start(compareAndSet("a", std::nullopt, "1"));
  world.loop.advance(50);
  REQUIRE(world.driver().run(get("a")).present);
  REQUIRE(world.driver().run(deleteKey("a")).ok());
  REQUIRE(world.loop.runUntil([&] { return told->done; }));
  CHECK(told->code() == Code::kOutcomeUnknown);
  CHECK_FALSE(world.driver().run(get("a")).present);
}

TEST_CASE("A conditional write whose answer was lost is never a version mismatch") {
  for (const Replied& error : {kLost, kThrew}) {
    for (const bool creates : {true, false}) {
      World world;
      if (!creates) REQUIRE(world.driver().run(set("a", "0")).ok());
      world.script(isSetting, {{.lost = error}});
      const auto version = creates ? std::nullopt : std::optional(versionOf("0"));
      const Told told = world.driver().run(compareAndSet("a", version, "1"));
      CHECK(told.ok());
      CHECK(world.driver().run(get("a")).value == "1");
    }
  }
}

TEST_CASE("A conditional write whose key was changed by another meanwhile has an unknown outcome") {
  World world;
  REQUIRE(world.driver().run(set("a", "0")).ok());
  bool first = true;
  world.objects.fate = [&](const Passing& call) {
    if (!first || call.op != Op::kCompareAndSet) return Fate{};
    first = false;
    return Fate{.answerDelayMs = 100, .lost = kLost};
  };
  const auto told = world.driver().start(compareAndSet("a", versionOf("0"), "1"));
  world.loop.advance(50);
  REQUIRE(world.driver().run(set("a", "another")).ok());
  REQUIRE(world.loop.runUntil([&] { return told->done; }));
  CHECK(told->code() == Code::kOutcomeUnknown);
  CHECK(world.driver().run(get("a")).value == "another");
}

TEST_CASE("A version mismatch of the first attempt is a version mismatch") {
  World world;
  REQUIRE(world.driver().run(set("a", "0")).ok());
  CHECK(world.driver().run(compareAndSet("a", versionOf("x"), "1")).code() ==
        Code::kVersionMismatch);
}

TEST_CASE("A delete whose answer was lost is found done") {
  World world;
  REQUIRE(world.driver().run(set("a", "0")).ok());
  world.script([](const Passing& call) { return call.op == Op::kDelete; }, {{.lost = kThrew}});
  CHECK(world.driver().run(deleteKey("a")).ok());
  CHECK_FALSE(world.driver().run(get("a")).present);
}

TEST_CASE("A delete that was cut off is finished without removing what was written since") {
  World world;
  REQUIRE(world.driver().run(set("a", "0")).ok());
  bool isCutOff = false;
  world.objects.storageFault = [&](bool, const std::string&,
                                   const Step& step) -> std::optional<std::string> {
    if (isCutOff || step.front().verb != Verb::kEmpty) return std::nullopt;
    isCutOff = true;
    return "Error: disk I/O error: SQLITE_IOERR";
  };
  const auto told = world.driver().start(deleteKey("a"));
  world.loop.advance(0.5);
  REQUIRE(isCutOff);
  CHECK_FALSE(world.driver().run(get("a")).present);
  REQUIRE(world.driver().run(set("a", "1")).ok());
  REQUIRE(world.loop.runUntil([&] { return told->done; }));
  CHECK(told->ok());
  CHECK(world.driver().run(get("a")).value == "1");
  CHECK(world.driver().run(list()).keys == std::vector<std::string>{"a"});
}

TEST_CASE("A patch whose answer was lost has an unknown outcome, unless the version tells") {
  World world;
  REQUIRE(world.driver().run(set("a", "{\"n\":0}")).ok());
  world.script([](const Passing& call) { return call.op == Op::kPatch; }, {{.lost = kThrew}});
  CHECK(world.driver().run(patch("a", "{\"n\":1}")).code() == Code::kOutcomeUnknown);
  CHECK(world.driver().run(get("a")).value == "{\"n\":1}");
  // Not carried out, and the expected version is still there: sent again.
  world.script([](const Passing& call) { return call.op == Op::kPatch; }, {{.refused = kLost}});
  Call conditional = patch("a", "{\"n\":2}");
  conditional.extra = versionOf("{\"n\":1}");
  CHECK(world.driver().run(conditional).ok());
  CHECK(world.driver().run(get("a")).value == "{\"n\":2}");
}

TEST_CASE("A batch settles each key's lost answer by itself") {
  World world;
  world.script([](const Passing& call) { return call.op == Op::kSet; },
               {{.lost = kThrew}, {.refused = kBusy}, {}, {.refused = kThrew}});
  const Told told =
      world.driver().run(many(Op::kSetMany, {{"a", "1"}, {"b", "2"}, {"c", "3"}, {"d", "4"}}));
  REQUIRE(told.ok());
  CHECK_FALSE(told.items[0].error);
  REQUIRE(told.items[1].error);
  CHECK(told.items[1].error->code == Code::kRateLimited);
  CHECK_FALSE(told.items[2].error);
  REQUIRE(told.items[3].error);
  CHECK(told.items[3].error->code == Code::kOutcomeUnknown);
}

TEST_CASE(
    "A write that never gets an answer has an unknown outcome at its deadline, a read a timeout") {
  World world;
  world.objects.fate = [](const Passing&) { return Fate{.silent = true}; };
  const double start = world.loop.nowMs();
  CHECK(world.driver().run(set("a", "1")).code() == Code::kOutcomeUnknown);
  CHECK(world.loop.nowMs() == start + 10'000);
  CHECK(world.driver().run(get("a")).code() == Code::kTimeout);
  CHECK(world.driver().run(many(Op::kSetMany, {{"a", "1"}})).code() == Code::kOutcomeUnknown);
}

TEST_CASE("A lost answer with no time left to settle is an unknown outcome") {
  World world;
  world.objects.fate = [](const Passing& call) {
    return isSetting(call) ? Fate{.lost = kLost} : Fate{.refused = kLost};
  };
  CHECK(world.driver().run(set("a", "1")).code() == Code::kOutcomeUnknown);
}

TEST_CASE("An object that broke down under its load may have carried a write out") {
  World world;
  const Replied down = failed("Error: Durable Object exceeded its CPU time limit and was reset.",
                              failure::kOverloaded);
  world.script(isSetting, {{.lost = down}, {.refused = down}});
  CHECK(world.driver().run(set("a", "1")).ok());
  CHECK(world.driver().run(get("a")).value == "1");
  CHECK(world.driver().run(set("a", "2")).code() == Code::kOutcomeUnknown);
}
