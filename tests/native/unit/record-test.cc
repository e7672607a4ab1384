// Records: what is one, which field an error names, and what a merge keeps of two writers' changes.
#include "wasm/records/record.h"

#include <string>

#include <catch2/catch_test_macros.hpp>

#include "wasm/text/json-check.h"

using namespace kvista;

namespace {

constexpr RecordUse kUpload{.kind = RecordKind::kUpload};
constexpr RecordUse kWholeUpload{.kind = RecordKind::kUpload, .isWhole = true};
constexpr RecordUse kJob{.kind = RecordKind::kFlowJob};
constexpr RecordUse kWholeJob{.kind = RecordKind::kFlowJob, .isWhole = true};

const std::string kStored =
    R"({"id":"a","offset":10,"storage":{"id":"s","type":"t","parts":[{"partNumber":2,"etag":"b","size":5}]},"size":100,"own":1E2})";

std::string job(std::string_view status, std::string_view rest) {
  return std::string(R"({"id":"j","flowId":"f","storageId":"s","clientId":null,"status":")") +
         std::string(status) +
         R"(","createdAt":"2026-01-01T00:00:00Z","updatedAt":"2026-01-01T00:00:01Z",)" +
         std::string(rest) + "}";
}

std::string merged(RecordUse use, std::string_view record, std::string_view change) {
  const Result<std::string> result = mergeRecord(use, record, change);
  INFO(record << " with " << change);
  if (!result) FAIL(result.error().message);
  return *result;
}

Error refused(RecordUse use, std::string_view record, std::string_view change) {
  const Result<std::string> result = mergeRecord(use, record, change);
  INFO(record << " with " << change);
  REQUIRE_FALSE(result.has_value());
  CHECK_FALSE(result.error().hint.empty());
  return result.error();
}

std::string flawOfUpload(std::string_view value) {
  const Result<void> checked = checkRecord(RecordKind::kUpload, value, Code::kInvalidValue);
  REQUIRE_FALSE(checked.has_value());
  CHECK(checked.error().code == Code::kInvalidValue);
  return checked.error().message;
}

bool has(std::string_view text, std::string_view part) {
  INFO(text);
  return text.find(part) != std::string_view::npos;
}

}  // namespace

TEST_CASE("A record with every field, and with fields that nobody knows, is one") {
  CHECK(checkRecord(RecordKind::kUpload, kStored, Code::kInvalidValue));
  CHECK(checkRecord(
      RecordKind::kUpload,
      R"({"id":"","offset":0,"storage":{"id":"","type":"","path":"","uploadId":"u","bucket":"b","parts":[]},
          "flow":{"flowId":"f","nodeId":"n","jobId":"j"},"size":0,"metadata":{"a":[null]},"creationDate":"d",
          "url":"u","sizeIsDeferred":true,"checksum":"c","checksumAlgorithm":"a",
          "traceContext":{"traceId":"t","spanId":"s","traceFlags":1},"later":{"x":[]}})",
      Code::kInvalidValue));
  CHECK(checkRecord(
      RecordKind::kFlowJob,
      job("running",
          R"("tasks":[{"nodeId":"n","status":"started","result":{},"error":"e","retryCount":1,
              "createdAt":"2026-01-01T00:00:00.000Z","updatedAt":"2026-01-01T00:00:00+01:00"}],
              "endedAt":"2026-01-01T00:00:00Z","result":[{"nodeId":"n","data":null}],"pausedAt":"n",
              "executionState":{"executionOrder":["n"],"currentIndex":0,"inputs":{}},
              "intermediateFiles":["f"],"activeUploads":[])"),
      Code::kInvalidValue));
}

TEST_CASE("An error names the field that is not what it should be") {
  CHECK(has(flawOfUpload("[]"), "it is no object"));
  CHECK(has(flawOfUpload("{"), "it is not JSON (near byte 1)"));
  CHECK(has(flawOfUpload("{}"), "id is missing"));
  CHECK(has(flawOfUpload(R"({"id":"a","storage":{}})"), "offset is missing"));
  CHECK(has(flawOfUpload(R"({"id":1,"offset":0,"storage":{}})"), "id is not text"));
  CHECK(has(flawOfUpload(R"({"id":"a","offset":-1,"storage":{}})"),
            "offset is not a whole number of at least 0"));
  CHECK(has(flawOfUpload(R"({"id":"a","offset":1.5,"storage":{}})"), "offset is not"));
  CHECK(has(flawOfUpload(R"({"id":"a","offset":9007199254740993,"storage":{}})"), "offset is not"));
  CHECK(has(flawOfUpload(R"({"id":"a","offset":0,"storage":{"id":"s"}})"),
            "storage.type is missing"));
  CHECK(has(
      flawOfUpload(
          R"({"id":"a","offset":0,"storage":{"id":"s","type":"t","parts":[{"partNumber":1,"etag":"e","size":1},{"partNumber":2,"etag":7,"size":1}]}})"),
      "storage.parts[1].etag is not text"));
  CHECK(has(flawOfUpload(R"({"id":"a","offset":0,"storage":{"id":"s","type":"t"},"size":null})"),
            "size is not"));
  const auto ofJob =
      checkRecord(RecordKind::kFlowJob, job("done", R"("tasks":[])"), Code::kCorrupt);
  REQUIRE_FALSE(ofJob.has_value());
  CHECK(ofJob.error().code == Code::kCorrupt);
  CHECK(has(ofJob.error().message, "status is not a status"));
}

TEST_CASE("Of repeated members the last counts, however its name is escaped") {
  CHECK(has(
      flawOfUpload(R"({"id":"a","offset":0,"\u006fffset":"0","storage":{"id":"s","type":"t"}})"),
      "offset is not a whole number"));
}

TEST_CASE("A record over the bounds of JSON is refused before it is read") {
  const std::string deep = std::string(300, '[') + std::string(300, ']');
  CHECK(has(flawOfUpload(R"({"id":)" + deep + "}"), "256 levels"));
  const std::string large = R"({"id":")" + std::string(5 * 1024 * 1024, 'x') + R"("})";
  const Result<void> checked = checkRecord(RecordKind::kUpload, large, Code::kInvalidValue);
  REQUIRE_FALSE(checked.has_value());
  CHECK(checked.error().code == Code::kTooLarge);
}

TEST_CASE("What a change does not name keeps its exact text") {
  CHECK(merged(kUpload, kStored, R"({"url":"u"})") ==
        kStored.substr(0, kStored.size() - 1) + R"(,"url":"u"})");
}

TEST_CASE("An offset only grows, unless the change may rewind it") {
  CHECK(has(merged(kUpload, kStored, R"({"offset":9})"), R"("offset":10,)"));
  CHECK(has(merged(kUpload, kStored, R"({"offset":11})"), R"("offset":11,)"));
  RecordUse rewinding = kUpload;
  rewinding.rewinds = true;
  CHECK(has(merged(rewinding, kStored, R"({"offset":0})"), R"("offset":0,)"));
}

TEST_CASE(
    "Parts are the union by number, in its order, and the change's part replaces the same one") {
  const std::string result = merged(
      kUpload, kStored,
      R"({"storage":{"parts":[{"partNumber":10,"etag":"z","size":1},{"partNumber":1,"etag":"a","size":5},{"partNumber":2,"etag":"c","size":6}]}})");
  CHECK(has(
      result,
      R"("parts":[{"partNumber":1,"etag":"a","size":5},{"partNumber":2,"etag":"c","size":6},{"partNumber":10,"etag":"z","size":1}])"));
  RecordUse rewinding = kUpload;
  rewinding.rewinds = true;
  CHECK(has(merged(rewinding, kStored, R"({"storage":{"parts":[]}})"), R"("parts":[])"));
}

TEST_CASE(
    "The first parts of an upload are ordered and united too, so that the same again is no "
    "change") {
  const std::string none = R"({"id":"a","offset":0,"storage":{"id":"s","type":"t"}})";
  const std::string change =
      R"({"storage":{"parts":[{"partNumber":3,"etag":"c","size":1},{"partNumber":1,"etag":"a","size":1},{"partNumber":1.0,"etag":"b","size":1}]}})";
  const std::string once = merged(kUpload, none, change);
  CHECK(has(
      once,
      R"("parts":[{"partNumber":1.0,"etag":"b","size":1},{"partNumber":3,"etag":"c","size":1}])"));
  CHECK(merged(kUpload, once, change) == once);
  CHECK(has(refused(kUpload, none, R"({"storage":{"parts":[{}]}})").message,
            "storage.parts[0].partNumber is missing"));
}

TEST_CASE("A whole record written from an older state takes nothing away") {
  const std::string result = merged(
      kWholeUpload, kStored,
      R"({"id":"a","offset":20,"storage":{"id":"other","type":"t"},"size":100,"metadata":{"n":null}})");
  CHECK(
      result ==
      R"({"id":"a","offset":20,"storage":{"id":"other","type":"t","parts":[{"partNumber":2,"etag":"b","size":5}]},"size":100,"own":1E2,"metadata":{"n":null}})");
}

TEST_CASE("A whole record replaces what is no record") {
  CHECK(merged(kWholeUpload, "junk", kStored) == kStored);
  CHECK(refused(kUpload, "junk", "{}").code == Code::kCorrupt);
}

TEST_CASE("A whole record does not replace one that is only too large to be merged with") {
  const std::string large = R"({"id":"a","own":")" + std::string(kMaxJsonBytes, 'x') + R"("})";
  CHECK(refused(kWholeUpload, large, kStored).code == Code::kTooLarge);
}

TEST_CASE("A change that would leave no record is refused, and the field named") {
  CHECK(has(refused(kUpload, kStored, R"({"storage":null})").message, "storage is missing"));
  CHECK(has(refused(kUpload, kStored, R"({"storage":{"parts":[{"partNumber":"1"}]}})").message,
            "storage.parts[0].partNumber is not"));
  CHECK(has(refused(kUpload, kStored, R"({"storage":7})").message, "storage is not an object"));
  CHECK(has(refused(kUpload, kStored, R"({"id":"b"})").message, "another id"));
  CHECK(refused(kUpload, kStored, R"({"id":"b"})").code == Code::kInvalidValue);
  CHECK(refused(kUpload, kStored, "[]").code == Code::kInvalidArgument);
  CHECK(has(refused(kWholeUpload, kStored, R"({"id":"a"})").message, "offset is missing"));
}

TEST_CASE("A null removes an optional field, and the null of a whole record is a value") {
  CHECK_FALSE(has(merged(kUpload, kStored, R"({"size":null})"), "size\":100"));
  CHECK(has(merged(kWholeJob, job("running", R"("tasks":[])"), job("running", R"("tasks":[])")),
            R"("clientId":null)"));
}

TEST_CASE("A job that has ended keeps its status, its error and its end") {
  const std::string cancelled = job("cancelled", R"("tasks":[],"endedAt":"2026-01-01T00:00:05Z")");
  const std::string after = merged(
      kWholeJob, cancelled,
      job("running",
          R"("tasks":[{"nodeId":"n","status":"running"}],"error":"e","endedAt":"2026-01-02T00:00:00Z")"));
  CHECK(has(after, R"("status":"cancelled")"));
  CHECK(has(after, R"("endedAt":"2026-01-01T00:00:05Z")"));
  CHECK_FALSE(has(after, R"("error")"));
  CHECK(has(after, R"({"nodeId":"n","status":"running"})"));
  CHECK(has(merged(kJob, cancelled, R"({"status":"running","endedAt":null})"),
            R"("endedAt":"2026-01-01T00:00:05Z")"));
  RecordUse rewinding = kJob;
  rewinding.rewinds = true;
  CHECK(has(merged(rewinding, cancelled, R"({"status":"running","endedAt":null})"),
            R"("status":"running")"));
}

TEST_CASE("An ended job takes the end that it lacks, from a change that names no other status") {
  const std::string failed = job("failed", R"("tasks":[])");
  const std::string late = R"({"error":"e","endedAt":"2026-01-01T00:00:05Z"})";
  const std::string after = merged(kJob, failed, late);
  CHECK(has(after, R"("error":"e","endedAt":"2026-01-01T00:00:05Z")"));
  CHECK(
      has(merged(kWholeJob, failed, job("failed", R"("tasks":[],"error":"e")")), R"("error":"e")"));
  CHECK_FALSE(has(merged(kJob, failed, R"({"status":"completed","error":"e"})"), R"("error")"));
  CHECK(has(merged(kJob, after, R"({"status":"failed","error":"other"})"), R"("error":"e")"));
}

TEST_CASE("What belongs to a pause goes with it when a whole record leaves it out") {
  const std::string paused = job(
      "paused",
      R"("tasks":[],"pausedAt":"n","executionState":{"executionOrder":["n"],"currentIndex":0,"inputs":{}},"own":1)");
  const std::string resumed = merged(kWholeJob, paused, job("running", R"("tasks":[])"));
  CHECK_FALSE(has(resumed, "pausedAt"));
  CHECK_FALSE(has(resumed, "executionState"));
  CHECK(has(resumed, R"("own":1)"));
  CHECK(has(merged(kWholeJob, paused, job("paused", R"("tasks":[])")), R"("pausedAt":"n")"));
  CHECK(has(merged(kJob, paused, R"({"status":"running"})"), R"("pausedAt":"n")"));
}

TEST_CASE("A task without a date counts once it has ended, and not before") {
  const std::string stored =
      job("running",
          R"("tasks":[{"nodeId":"n","status":"running","updatedAt":"2026-01-01T00:00:00Z"}])");
  CHECK(has(merged(kJob, stored, R"({"tasks":[{"nodeId":"n","status":"completed"}]})"),
            R"("tasks":[{"nodeId":"n","status":"completed"}])"));
  CHECK(merged(kJob, stored, R"({"tasks":[{"nodeId":"n","status":"started"}]})") == stored);
}

TEST_CASE("Of one task the later state counts, and of two at once the one that has ended") {
  const auto task = [](std::string_view node, std::string_view status, std::string_view second) {
    return R"({"nodeId":")" + std::string(node) + R"(","status":")" + std::string(status) +
           R"(","updatedAt":"2026-01-01T00:00:)" + std::string(second) + R"(Z"})";
  };
  const std::string stored = job("running", R"("tasks":[)" + task("b", "completed", "05") + "," +
                                                task("a", "running", "05") + "]");
  const std::string result = merged(
      kWholeJob, stored,
      job("running", R"("tasks":[)" + task("a", "completed", "06") + "," +
                         task("b", "running", "05") + "," + task("c", "started", "01") + "]"));
  CHECK(has(result, R"("tasks":[)" + task("b", "completed", "05") + "," +
                        task("a", "completed", "06") + "," + task("c", "started", "01") + "]"));
  CHECK(has(merged(kJob, stored, R"({"tasks":[)" + task("a", "failed", "04") + "]}"),
            task("a", "running", "05")));
}

TEST_CASE(
    "Results are the union by node, intermediate files by name, and an empty list empties those") {
  const std::string stored = job(
      "running", R"("tasks":[],"result":[{"nodeId":"a","data":1}],"intermediateFiles":["x","y"])");
  const std::string change =
      R"({"result":[{"nodeId":"b","data":2}],"intermediateFiles":["z","x"]})";
  const std::string result = merged(kJob, stored, change);
  CHECK(has(result, R"("result":[{"nodeId":"a","data":1},{"nodeId":"b","data":2}])"));
  CHECK(has(result, R"("intermediateFiles":["x","y","z"])"));
  CHECK(has(merged(kJob, stored, R"({"intermediateFiles":[]})"), R"("intermediateFiles":[])"));
}

TEST_CASE("A file that a whole record has taken out of the intermediate ones stays out") {
  // So does Uploadista's engine with the result of a last node, before it deletes those that are
  // left.
  const std::string stored = job("running", R"("tasks":[],"intermediateFiles":["input","result"])");
  const std::string after =
      merged(kWholeJob, stored, job("running", R"("tasks":[],"intermediateFiles":["input"])"));
  CHECK(has(after, R"("intermediateFiles":["input"])"));
}

TEST_CASE("A job's updatedAt is the later one, in any time zone") {
  const std::string stored = job("running", R"("tasks":[])");
  CHECK(has(merged(kJob, stored, R"({"updatedAt":"2025-12-31T23:59:59Z"})"),
            R"("updatedAt":"2026-01-01T00:00:01Z")"));
  CHECK(has(merged(kJob, stored, R"({"updatedAt":"2026-01-01T00:30:00+01:00"})"),
            R"("updatedAt":"2026-01-01T00:00:01Z")"));
  CHECK(has(merged(kJob, stored, R"({"updatedAt":"2026-01-01T00:30:00-01:00"})"),
            R"("updatedAt":"2026-01-01T00:30:00-01:00")"));
}

TEST_CASE("Merging the same change again changes nothing") {
  const std::string change =
      R"({"offset":50,"storage":{"parts":[{"partNumber":1,"etag":"a","size":5}]},"size":null})";
  const std::string once = merged(kUpload, kStored, change);
  CHECK(merged(kUpload, once, change) == once);
}
