// Merges of random records with random changes, spelled as badly as JSON allows: what comes out is
// a record, and the same change again changes nothing.
#include <random>
#include <string>
#include <vector>

#include <catch2/catch_test_macros.hpp>

#include "wasm/records/record.h"

using namespace kvista;

namespace {

class Writer {
 public:
  explicit Writer(unsigned seed) : random_(seed) {}

  // Members that say the truth about the fields of the kind, or not.
  std::string recordOf(RecordKind kind, bool isChange) {
    return kind == RecordKind::kUpload ? upload(isChange) : job(isChange);
  }

 private:
  bool once(unsigned in) { return random_() % in == 0; }
  std::string oneOf(const std::vector<std::string>& texts) {
    return texts[random_() % texts.size()];
  }
  std::string space() { return once(5) ? oneOf({" ", "\n", "\t ", "\r\n"}) : ""; }

  std::string name(std::string text) {
    if (once(6))
      text = "\\u00" + std::string(text[0] < 'p' ? "6" : "7") + hex(text[0]) + text.substr(1);
    return "\"" + text + "\"";
  }
  static char hex(char c) { return "0123456789abcdef"[c & 15]; }

  std::string number() { return oneOf({"0", "-0", "7", "1E2", "100", "1.0", "12e-0", "250.0e1"}); }
  std::string text() {
    return oneOf({R"("")", R"("a")", R"("\u0061")", R"("\ud800")", R"("\"}]")"});
  }
  std::string moment() {
    return oneOf({R"("2026-01-01T00:00:00Z")", R"("2026-01-01T01:00:00.5+01:00")",
                  R"("2025-12-31T23:59:59Z")"});
  }
  std::string status() { return oneOf({R"("running")", R"("completed")", R"("f\u0061iled")"}); }
  std::string anything() { return oneOf({"null", "[{}]", R"({"x":null})", "1", text()}); }

  using Members = std::vector<std::string>;
  void member(Members& members, const std::string& key, const std::string& value) {
    members.push_back(space() + name(key) + space() + ":" + space() + value + space());
  }
  std::string join(Members members, char open, char close) {
    std::string out(1, open);
    out += space();
    for (std::size_t i = 0; i < members.size(); ++i) out += (i == 0 ? "" : ",") + members[i];
    return out + space() + close;
  }
  std::string listOf(auto element) {
    Members elements;
    while (!once(4)) elements.push_back(element());
    return join(std::move(elements), '[', ']');
  }

  std::string part() {
    Members members;
    member(members, "partNumber", number());
    member(members, "etag", text());
    member(members, "size", number());
    if (once(4)) member(members, "partNumber", number());
    return join(std::move(members), '{', '}');
  }
  std::string task() {
    Members members;
    member(members, "nodeId", text());
    member(members, "status", status());
    if (!once(3)) member(members, "updatedAt", moment());
    return join(std::move(members), '{', '}');
  }

  std::string upload(bool isChange) {
    const auto isThere = [&] { return !isChange || !once(2); };
    Members members;
    if (isThere()) member(members, "id", R"("u")");
    if (isThere()) member(members, "offset", number());
    if (isThere()) {
      Members storage;
      if (isThere()) member(storage, "id", text());
      if (isThere()) member(storage, "type", text());
      if (!once(3)) member(storage, "parts", listOf([&] { return part(); }));
      if (isChange && once(6)) member(storage, "parts", "null");
      member(members, "storage", join(std::move(storage), '{', '}'));
    }
    if (once(2)) member(members, "metadata", join({}, '{', '}'));
    if (once(2)) member(members, "other", anything());
    if (isChange && once(4)) member(members, "size", anything());
    if (once(6)) member(members, "offset", number());
    return join(std::move(members), '{', '}');
  }

  std::string job(bool isChange) {
    const auto isThere = [&] { return !isChange || !once(2); };
    Members members;
    if (isThere()) member(members, "id", R"("j")");
    if (isThere()) member(members, "flowId", R"("f")");
    if (isThere()) member(members, "storageId", text());
    if (isThere()) member(members, "status", status());
    if (isThere()) member(members, "createdAt", moment());
    if (isThere()) member(members, "updatedAt", moment());
    if (isThere()) member(members, "tasks", listOf([&] { return task(); }));
    if (once(2)) member(members, "error", text());
    if (once(2)) member(members, "endedAt", isChange && once(3) ? "null" : moment());
    if (once(2)) member(members, "intermediateFiles", listOf([&] { return text(); }));
    if (once(6)) member(members, "status", status());
    return join(std::move(members), '{', '}');
  }

  std::mt19937 random_;
};

}  // namespace

TEST_CASE("Whatever is merged, a record comes out, and the same change again changes nothing") {
  int done = 0;
  for (unsigned seed = 0; seed < 40'000; ++seed) {
    Writer writer(seed);
    RecordUse use{.kind = seed % 2 == 0 ? RecordKind::kUpload : RecordKind::kFlowJob};
    use.isWhole = seed % 3 == 0;
    use.rewinds = seed % 5 == 0;
    const std::string record = writer.recordOf(use.kind, false);
    const std::string change = writer.recordOf(use.kind, !use.isWhole);
    const Result<std::string> once = mergeRecord(use, record, change);
    if (!once) continue;
    ++done;
    INFO("seed " << seed << "\n" << record << "\n" << change << "\n" << *once);
    REQUIRE(checkRecord(use.kind, *once, Code::kInvalidValue));
    const Result<std::string> again = mergeRecord(use, *once, change);
    REQUIRE(again);
    REQUIRE(*again == *once);
  }
  CHECK(done > 20'000);
}
