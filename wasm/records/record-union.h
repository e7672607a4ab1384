// The union of two lists: what both have once, by what tells their elements apart.
#pragma once

#include <cstddef>
#include <string>

#include "wasm/records/record-fields.h"
#include "wasm/text/json-scan.h"

namespace kvista {

// As the text of a list: elements keep their text. Elements with numbers for keys are in the order
// of those, others in that of the current list and then of the change. REQUIRES: both lists are
// without a flaw (record-members.h) as values of the field.
[[nodiscard]] std::string unionOf(const RecordField& field, const JsonScan& current,
                                  std::size_t currentList, const JsonScan& change,
                                  std::size_t changeList);

}  // namespace kvista
