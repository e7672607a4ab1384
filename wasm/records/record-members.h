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

// What is wrong with a value of the field, as it goes on after the field's name: " is not text", or
// "[3].etag is missing". Empty if nothing is.
[[nodiscard]] std::string flawOf(const JsonScan& scan, std::size_t value, const RecordField& field);

// The same of the members of the object that begins there: ".offset is missing".
[[nodiscard]] std::string flawOfMembers(const JsonScan& scan, std::size_t object,
                                        const RecordShape& shape);

}  // namespace kvista
