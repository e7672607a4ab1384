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
  kWithStatus,  // stays as it is once the status is final
  kOfPause,     // goes when a whole record moves the status and leaves the field out
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
  // The name of the member by which the elements of a list are told apart, a number or a text.
  std::string_view key{};
  // Whether the later updatedAt decides between two elements with one key. Otherwise the change
  // wins.
  bool isDated = false;
};

// Returns the fields of a record of that kind.
[[nodiscard]] const RecordShape& shapeOf(RecordKind kind);

// Returns what a status may be, each followed by a blank.
[[nodiscard]] std::string_view statusesOf(FieldType type);

// Returns whether no status follows this one, of a job or a task.
[[nodiscard]] bool isFinal(std::string_view status);

}  // namespace kvista
