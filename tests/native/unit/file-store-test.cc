// The store in a directory over the fake host: what each failure is told as, and what is left of an
// operation that is given up. What the contract says is tested by the conformance suite.
#include "wasm/stores/file/file-store.h"

#include <catch2/catch_test_macros.hpp>

#include "tests/native/steps/trace.h"
#include "wasm/core/bytes.h"

namespace kvista::test {
namespace {

// Fails requests of that verb with that errno, in the words of Node.
void failWith(Backend& backend, Verb verb, const std::string& code) {
  backend.files.fault = [verb, code](const Asked& asked) -> std::optional<Replied> {
    if (asked.verb != verb) return std::nullopt;
    return failed("Error: " + code + ": some words, open '/data/key.json'");
  };
}

}  // namespace

TEST_CASE("Each failure of a file system has its code and a hint") {
  const std::pair<const char*, Code> told[] = {
      {"ENOSPC", Code::kOutOfMemory}, {"EDQUOT", Code::kOutOfMemory},
      {"EFBIG", Code::kOutOfMemory},  {"EROFS", Code::kUnavailable},
      {"EACCES", Code::kUnavailable}, {"EPERM", Code::kUnavailable},
      {"EMFILE", Code::kRateLimited}, {"ENFILE", Code::kRateLimited},
      {"EISDIR", Code::kCorrupt},     {"ENOTDIR", Code::kCorrupt},
      {"ELOOP", Code::kCorrupt},      {"ENAMETOOLONG", Code::kInvalidKey},
      {"EIO", Code::kUnavailable},    {"ELOCKED", Code::kRateLimited},
      {"ELEASE", Code::kUnavailable}, {"EWHATEVER", Code::kUnavailable}};
  std::set<std::string> hints;
  for (const auto& [code, expected] : told) {
    CAPTURE(code);
    Backend backend("file");
    failWith(backend, Verb::kWrite, code);
    const Told answer = backend.driver().run(set("key", "1"));
    REQUIRE(answer.error);
    CHECK(answer.error->code == expected);
    CHECK(answer.error->message.find(code) != std::string::npos);
    hints.insert(answer.error->hint);
    CHECK(backend.files.files().empty());
    CHECK(backend.files.locksHeld() == 0);
  }
  CHECK(hints.size() == std::size(told) - 1);  // EACCES and EPERM say the same
}

TEST_CASE("A rename that failed with an input or output error has an unknown outcome") {
  Backend backend("file");
  failWith(backend, Verb::kRename, "EIO");
  CHECK(backend.driver().run(set("key", "1")).code() == Code::kOutcomeUnknown);
  failWith(backend, Verb::kRename, "ENOSPC");
  CHECK(backend.driver().run(set("key", "1")).code() == Code::kOutOfMemory);
  failWith(backend, Verb::kRemove, "EIO");
  CHECK(backend.driver().run(deleteKey("key")).code() == Code::kOutcomeUnknown);
}

TEST_CASE("A read is repeated while too many files are open") {
  Backend backend("file");
  REQUIRE(backend.driver().run(set("key", "1")).ok());
  int left = 3;
  backend.files.fault = [&left](const Asked& asked) -> std::optional<Replied> {
    if (asked.verb != Verb::kRead || left-- <= 0) return std::nullopt;
    return failed("Error: EMFILE: too many open files, open 'key.json'");
  };
  CHECK(backend.driver().run(get("key")).value == "1");
}

TEST_CASE("A write that is given up before its rename is a TIMEOUT and leaves nothing") {
  Backend backend("file");
  REQUIRE(backend.driver().run(set("key", "old")).ok());
  Call late = set("key", "new");
  late.deadlineMs = 0.25;
  const Told answer = backend.driver().run(late);
  CHECK((answer.ok() || answer.code() == Code::kTimeout || answer.code() == Code::kOutcomeUnknown));
  const std::string& value = backend.files.files()["key.json"].content;
  if (answer.code() == Code::kTimeout) CHECK(value == "old");
  // What was under way has ended then.
  backend.loop.advance(10);
  CHECK(backend.files.locksHeld() == 0);
}

TEST_CASE("What another program wrote that is no text is CORRUPT, and a set replaces it") {
  Backend backend("file");
  backend.files.files()["key.json"] = {
      .content = "\xFF", .mtimeMs = 1, .ctimeMs = 1, .mode = 0100644};
  CHECK(backend.driver().run(get("key")).code() == Code::kCorrupt);
  CHECK(backend.driver().run(compareAndSet("key", std::nullopt, "1")).code() == Code::kCorrupt);
  CHECK(backend.driver().run(set("key", "1")).ok());
  CHECK(backend.driver().run(get("key")).value == "1");
}

TEST_CASE("A batch of deletions gives back the lock of each key before it takes the next") {
  Backend backend("file");
  REQUIRE(backend.driver().run(set("there", "1")).ok());
  std::size_t mostHeld = 0;
  Trace trace(backend);
  backend.files.fault = [&](const Asked& asked) -> std::optional<Replied> {
    if (asked.verb == Verb::kRemove) mostHeld = std::max(mostHeld, backend.files.locksHeld());
    return std::nullopt;
  };
  const Told told =
      backend.driver().run(many(Op::kDeleteMany, {{"missing"}, {"there"}, {"missing too"}}));
  REQUIRE(told.ok());
  CHECK(trace.take() == std::vector<std::string>{"lock", "remove missing.json + unlock", "unlock",
                                                 "lock", "remove there.json + unlock", "lock",
                                                 "remove missing too.json + unlock", "unlock"});
  CHECK(mostHeld == 1);
}

TEST_CASE("A batch of writes gives back the locks of those that fail") {
  for (const Verb verb : {Verb::kWrite, Verb::kRename}) {
    Backend backend("file");
    failWith(backend, verb, "ENOSPC");
    std::size_t mostHeld = 0;
    backend.driver().onStep = [&](const Step&) {
      mostHeld = std::max(mostHeld, backend.files.locksHeld());
    };
    const Told told =
        backend.driver().run(many(Op::kSetMany, {{"a", "1"}, {"b", "2"}, {"c", "3"}}));
    REQUIRE(told.ok());
    CHECK(mostHeld == 1);
    CHECK(backend.files.locksHeld() == 0);
  }
}

TEST_CASE("A listing looks at every file once while nothing says that a key expires") {
  Backend backend("file");
  const double nowMs = backend.loop.nowMs();
  for (const char* path : {"a.json", "b.json", "foreign"}) {
    backend.files.files()[path] = {.content = "1", .mtimeMs = 1, .ctimeMs = nowMs, .mode = 0100644};
  }
  Trace trace(backend);
  CHECK(backend.driver().run(list("a")).keys == std::vector<std::string>{"a"});
  CHECK(trace.take() == std::vector<std::string>{"open", "scan ", "stat many 3"});
  CHECK(backend.driver().run(list("a")).keys == std::vector<std::string>{"a"});
  CHECK(trace.take() == std::vector<std::string>{"scan "});
}

TEST_CASE("What expired in a directory that was copied without a sign of it is not listed") {
  Backend backend("file");
  backend.files.files()["dead.json"] = {
      .content = "1", .mtimeMs = (1'000'000 + 1.0 / 1024) * 1000, .ctimeMs = 1, .mode = 0100744};
  backend.files.files()["live.json"] = {
      .content = "1", .mtimeMs = 1, .ctimeMs = 1, .mode = 0100644};
  CHECK(backend.driver().run(list()).keys == std::vector<std::string>{"live"});
  CHECK(backend.driver().run(list()).keys == std::vector<std::string>{"live"});
}

TEST_CASE("A lock that nobody can judge and one of a silent owner are findings that name it") {
  Backend backend("file");
  backend.files.held.value =
      std::string("/d/locks/1\0one\0/d/locks/2\0two\0/d/locks/3\0three\0", 47);
  backend.files.held.meta = ByteWriter().f64(0).f64(5).f64(1).f64(61).f64(1).f64(59).take();
  const Told told = backend.driver().run({.op = Op::kDiagnose});
  REQUIRE(told.ok());
  CHECK(told.value.find("unjudged-lock") != std::string::npos);
  CHECK(told.value.find("/d/locks/1 of one") != std::string::npos);
  CHECK(told.value.find("old-lock") != std::string::npos);
  CHECK(told.value.find("/d/locks/2 of two") != std::string::npos);
  CHECK(told.value.find("/d/locks/3") == std::string::npos);
}

}  // namespace kvista::test
