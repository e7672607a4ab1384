#include "wasm/records/record-members.h"

#include <cmath>
#include <optional>
#include <vector>

#include "wasm/core/joined.h"
#include "wasm/text/json-object.h"
#include "wasm/text/timestamp.h"

namespace kvista {
namespace {

constexpr double kMaxCount = 9'007'199'254'740'991;  // the last integer that a double counts to

bool isCount(std::string_view text) {
  const std::optional<double> number = JsonText{text}.number();
  return number && *number >= 0 && *number <= kMaxCount && std::floor(*number) == *number;
}

bool isOneOf(std::string_view statuses, const std::string& status) {
  return !status.empty() && statuses.contains(joined({status, " "})) && !status.contains(' ');
}

// What a value of the type is, if this one is not.
std::string_view expectedOf(FieldType type, const JsonScan& scan, std::size_t value) {
  const std::string_view text = scan.slice(value, scan.valueEnd(value));
  const char first = text.front();
  const bool isText = first == '"';
  switch (type) {
    case FieldType::kAny:
      return {};
    case FieldType::kText:
      return isText ? "" : "text";
    case FieldType::kTextOrNull:
      return isText || text == "null" ? "" : "text or null";
    case FieldType::kNumber:
      return JsonText{text}.number() ? "" : "a number";
    case FieldType::kCount:
      return isCount(text) ? "" : "a whole number of at least 0";
    case FieldType::kBoolean:
      return text == "true" || text == "false" ? "" : "true or false";
    case FieldType::kMoment:
      return isText && millisecondsOf(jsonStringText(text)) ? "" : "a date and time (RFC 3339)";
    case FieldType::kJobStatus:
    case FieldType::kTaskStatus:
      return isText && isOneOf(statusesOf(type), jsonStringText(text)) ? "" : "a status";
    case FieldType::kObject:
      return first == '{' ? "" : "an object";
    case FieldType::kList:
    case FieldType::kTextList:
      return first == '[' ? "" : "a list";
  }
  return {};
}

std::string flawOfElements(const JsonScan& scan, std::size_t list, const RecordField& field) {
  const RecordField element{
      .name = {},
      .type = field.type == FieldType::kTextList ? FieldType::kText : FieldType::kObject,
      .shape = field.shape};
  std::size_t i = 0;
  for (auto e = scan.firstElement(list); e; e = scan.nextElement(*e), ++i) {
    std::string flaw = flawOf(scan, e->value, element);
    if (!flaw.empty()) return joined({"[", i, "]", flaw});
  }
  return {};
}

}  // namespace

const RecordField* fieldNamed(const RecordShape& shape, std::string_view fromQuote) {
  std::string_view name = fromQuote.substr(1);
  name = name.substr(0, name.find_first_of("\"\\"));
  std::string unescaped;
  if (fromQuote[name.size() + 1] == '\\') {
    unescaped = jsonStringText(fromQuote);
    name = unescaped;
  }
  for (const RecordField& field : shape.fields) {
    if (field.name == name) return &field;
  }
  return nullptr;
}

std::string_view memberOf(const JsonScan& scan, std::size_t object, std::string_view name) {
  const RecordField field{.name = name};
  const RecordShape shape{.fields = std::span(&field, 1)};
  std::string_view found;
  for (auto m = scan.firstMember(object); m; m = scan.nextMember(*m)) {
    if (fieldNamed(shape, scan.from(m->name)) != nullptr) {
      found = scan.slice(m->value, m->valueEnd);
    }
  }
  return found;
}

std::string flawOf(const JsonScan& scan, std::size_t value, const RecordField& field) {
  const std::string_view expected = expectedOf(field.type, scan, value);
  if (!expected.empty()) return joined({" is not ", expected});
  if (field.type == FieldType::kObject && field.shape != nullptr) {
    return flawOfMembers(scan, value, *field.shape);
  }
  if (field.type == FieldType::kList || field.type == FieldType::kTextList) {
    return flawOfElements(scan, value, field);
  }
  return {};
}

std::string flawOfMembers(const JsonScan& scan, std::size_t object, const RecordShape& shape) {
  // Of members of one name the last counts. Position 0 is before any value.
  std::vector<std::size_t> values(shape.fields.size());
  for (auto m = scan.firstMember(object); m; m = scan.nextMember(*m)) {
    const RecordField* const field = fieldNamed(shape, scan.from(m->name));
    if (field != nullptr) values[static_cast<std::size_t>(field - shape.fields.data())] = m->value;
  }
  for (std::size_t i = 0; i < values.size(); ++i) {
    const RecordField& field = shape.fields[i];
    std::string flaw;
    if (values[i] != 0) {
      flaw = flawOf(scan, values[i], field);
    } else if (field.isRequired) {
      flaw = " is missing";
    }
    if (!flaw.empty()) return joined({".", field.name, flaw});
  }
  return {};
}

}  // namespace kvista
