// A record's members by the fields that they are, for the check and for the merge.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "wasm/records/record-fields.h"
#include "wasm/text/json-scan.h"

namespace kvista {

// The field of that name, given from its opening quote on; nothing for an unknown one.
[[nodiscard]] const RecordField* fieldNamed(const RecordShape& shape, std::string_view fromQuote);

// The last member of that name in the object that begins there, as the text of its value; empty if
// there is none. `name` needs no escapes.
[[nodiscard]] std::string_view memberOf(const JsonScan& scan, std::size_t object,
                                        std::string_view name);

// What is wrong with a value of the field, as it goes on after the field's name: " is not text", or
// "[3].etag is missing". Empty if nothing is.
[[nodiscard]] std::string flawOf(const JsonScan& scan, std::size_t value, const RecordField& field);

// The same of the members of the object that begins there: ".offset is missing".
[[nodiscard]] std::string flawOfMembers(const JsonScan& scan, std::size_t object,
                                        const RecordShape& shape);

// Whether what a merge of a record gave is one, as checkRecord says it: INVALID_VALUE or TOO_LARGE.
// REQUIRES: put together from JSON, it is JSON, if it is not too large.
[[nodiscard]] Result<void> checkMergedRecord(RecordKind kind, std::string_view value);

}  // namespace kvista
