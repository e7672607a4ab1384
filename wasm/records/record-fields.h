// The fields of the records: what each may hold, and how two values of it merge.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "wasm/records/record.h"

namespace kvista {

enum class FieldType : std::uint8_t {
  kAny,
  kText,
  kTextOrNull,
  kNumber,
  kCount,  // a whole number from 0 to 2^53 - 1
  kBoolean,
  kMoment,  // RFC 3339
  kJobStatus,
  kTaskStatus,
  kObject,    // of its shape, if it has one
  kList,      // of objects of its shape
  kTextList,  // of strings
};

enum class FieldMerge : std::uint8_t {
  kReplace,
  kSame,
  kGrows,
  kLatest,
  kStatus,
  kWithStatus,  // as it was once the status is final
  kOfPause,     // gone when a whole record moves the status and leaves it out
  kMembers,     // member by member
  kUnion,       // by the shape's key
  kTextUnion,
};

struct RecordShape;

struct RecordField {
  std::string_view name;
  FieldType type = FieldType::kAny;
  bool isRequired = false;
  FieldMerge merge = FieldMerge::kReplace;
  const RecordShape* shape = nullptr;
};

struct RecordShape {
  std::span<const RecordField> fields;
  // The name of what tells the elements of a list apart: a number or a text.
  std::string_view key{};
  // Whether of two elements with one key the later updatedAt counts, and not always the change's.
  bool isDated = false;
};

[[nodiscard]] const RecordShape& shapeOf(RecordKind kind);

// What a status may be, each followed by a blank.
[[nodiscard]] std::string_view statusesOf(FieldType type);

// Of a job or a task: whether nothing follows it.
[[nodiscard]] bool isFinal(std::string_view status);

}  // namespace kvista
