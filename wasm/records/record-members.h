// Finding and checking the members of a record by its fields, for the check and for the merge.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "wasm/records/record-fields.h"
#include "wasm/text/json-scan.h"

namespace kvista {

// Returns the field of a name, or null for an unknown one. `fromQuote` is text that begins with the
// name's opening quote.
[[nodiscard]] const RecordField* fieldNamed(const RecordShape& shape, std::string_view fromQuote);

// Returns the text of the value of the last member of that name, empty if there is none. `object`
// is where the object begins. REQUIRES: `name` needs no escapes.
[[nodiscard]] std::string_view memberOf(const JsonScan& scan, std::size_t object,
                                        std::string_view name);

// Returns what is wrong with a value of the field, as text that follows the field's name, such as "
// is not text" or "[3].etag is missing"; empty if nothing is.
[[nodiscard]] std::string flawOf(const JsonScan& scan, std::size_t value, const RecordField& field);

// The same for the members of the object that begins at `object`, such as ".offset is missing".
[[nodiscard]] std::string flawOfMembers(const JsonScan& scan, std::size_t object,
                                        const RecordShape& shape);

// Succeeds if the result of a merge is a record of that kind. Fails with INVALID_VALUE or
// TOO_LARGE. REQUIRES: `value` is JSON unless it is over kMaxJsonBytes.
[[nodiscard]] Result<void> checkMergedRecord(RecordKind kind, std::string_view value);

}  // namespace kvista
