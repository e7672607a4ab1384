#include "wasm/records/record-fields.h"

namespace kvista {
namespace {

using enum FieldMerge;
using enum FieldType;

constexpr bool kRequired = true;
constexpr bool kOptional = false;

constexpr RecordField kPartFields[] = {
    {"partNumber", kCount, kRequired},
    {"etag", kText, kRequired},
    {"size", kCount, kRequired},
};
constexpr RecordShape kPart{.fields = kPartFields, .key = "partNumber"};

constexpr RecordField kStorageFields[] = {
    {"id", kText, kRequired}, {"type", kText, kRequired},
    {"path", kText},          {"uploadId", kText},
    {"bucket", kText},        {"parts", kList, kOptional, kUnion, &kPart},
};
constexpr RecordShape kStorage{.fields = kStorageFields};

constexpr RecordField kFlowFields[] = {
    {"flowId", kText, kRequired},
    {"nodeId", kText, kRequired},
    {"jobId", kText, kRequired},
};
constexpr RecordShape kFlow{.fields = kFlowFields};

constexpr RecordField kTraceFields[] = {
    {"traceId", kText, kRequired},
    {"spanId", kText, kRequired},
    {"traceFlags", kNumber, kRequired},
};
constexpr RecordShape kTrace{.fields = kTraceFields};

constexpr RecordField kUploadFields[] = {
    {"id", kText, kRequired, kSame},
    {"offset", kCount, kRequired, kGrows},
    {"storage", kObject, kRequired, kMembers, &kStorage},
    {"flow", kObject, kOptional, kReplace, &kFlow},
    {"size", kCount},
    {"metadata", kObject},
    {"creationDate", kText},
    {"url", kText},
    {"sizeIsDeferred", kBoolean},
    {"checksum", kText},
    {"checksumAlgorithm", kText},
    {"traceContext", kObject, kOptional, kReplace, &kTrace},
};
constexpr RecordShape kUpload{.fields = kUploadFields};

constexpr RecordField kTaskFields[] = {
    {"nodeId", kText, kRequired},
    {"status", kTaskStatus, kRequired},
    {"error", kText},
    {"retryCount", kCount},
    {"createdAt", kMoment},
    {"updatedAt", kMoment},
};
constexpr RecordShape kTask{.fields = kTaskFields, .key = "nodeId", .isDated = true};

constexpr RecordField kOutputFields[] = {
    {"nodeId", kText, kRequired},
    {"nodeType", kText},
};
constexpr RecordShape kOutput{.fields = kOutputFields, .key = "nodeId"};

constexpr RecordField kExecutionFields[] = {
    {"executionOrder", kTextList, kRequired},
    {"currentIndex", kCount, kRequired},
    {"inputs", kObject, kRequired},
};
constexpr RecordShape kExecution{.fields = kExecutionFields};

constexpr RecordField kFlowJobFields[] = {
    {"id", kText, kRequired, kSame},
    {"flowId", kText, kRequired, kSame},
    {"storageId", kText, kRequired},
    {"clientId", kTextOrNull},
    {"status", kJobStatus, kRequired, kStatus},
    {"createdAt", kMoment, kRequired},
    {"updatedAt", kMoment, kRequired, kLatest},
    {"tasks", kList, kRequired, kUnion, &kTask},
    {"error", kText, kOptional, kWithStatus},
    {"endedAt", kMoment, kOptional, kWithStatus},
    {"result", kList, kOptional, kUnion, &kOutput},
    {"pausedAt", kText, kOptional, kOfPause},
    {"executionState", kObject, kOptional, kOfPause, &kExecution},
    {"intermediateFiles", kTextList, kOptional, kTextUnion},
    {"activeUploads", kTextList},
    {"traceContext", kObject, kOptional, kReplace, &kTrace},
};
constexpr RecordShape kFlowJob{.fields = kFlowJobFields};

}  // namespace

const RecordShape& shapeOf(RecordKind kind) {
  return kind == RecordKind::kUpload ? kUpload : kFlowJob;
}

std::string_view statusesOf(FieldType type) {
  return type == kJobStatus ? "pending running completed failed started paused cancelled "
                            : "started pending running completed paused failed ";
}

bool isFinal(std::string_view status) {
  return status == "completed" || status == "failed" || status == "cancelled";
}

}  // namespace kvista
