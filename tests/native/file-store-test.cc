// The store in a directory over the fake host: what each failure is told as, and what is left of an
// operation that is given up. What the contract says is tested by the conformance suite.
#include "wasm/stores/file-store.h"

#include <catch2/catch_test_macros.hpp>

#include "tests/native/support/backend.h"

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
      {"ENOSPC", Code::kOutOfMemory},   {"EDQUOT", Code::kOutOfMemory},
      {"EFBIG", Code::kOutOfMemory},    {"EROFS", Code::kUnavailable},
      {"EACCES", Code::kUnavailable},   {"EPERM", Code::kUnavailable},
      {"EMFILE", Code::kRateLimited},   {"ENFILE", Code::kRateLimited},
      {"EISDIR", Code::kCorrupt},       {"ENOTDIR", Code::kCorrupt},
      {"ELOOP", Code::kCorrupt},        {"ENAMETOOLONG", Code::kInvalidKey},
      {"EIO", Code::kUnavailable},      {"ELOCKED", Code::kRateLimited},
      {"EWHATEVER", Code::kUnavailable}};
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
    CHECK(backend.files.files.empty());
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
  const std::string& value = backend.files.files["key.json"].content;
  if (answer.code() == Code::kTimeout) CHECK(value == "old");
  CHECK(backend.files.locksHeld() == 0);
}

TEST_CASE("What another program wrote that is no text is CORRUPT, and a set replaces it") {
  Backend backend("file");
  backend.files.files["key.json"] = {
      .content = "\xFF", .mtimeMs = 1, .ctimeMs = 1, .mode = 0100644};
  CHECK(backend.driver().run(get("key")).code() == Code::kCorrupt);
  CHECK(backend.driver().run(compareAndSet("key", std::nullopt, "1")).code() == Code::kCorrupt);
  CHECK(backend.driver().run(set("key", "1")).ok());
  CHECK(backend.driver().run(get("key")).value == "1");
}

}  // namespace kvista::test
