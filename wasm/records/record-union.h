// The union of two lists: what both have once, by what tells their elements apart.
#pragma once

#include <cstddef>
#include <string>

#include "wasm/records/record-fields.h"
#include "wasm/text/json-scan.h"

namespace kvista {

// Returns the union of two lists as the text of a list. Elements keep their text. Elements whose
// keys are numbers are in the order of these; others in the order of the current list, then of the
// change. REQUIRES: both lists have no flaw (record-members.h) as values of the field.
[[nodiscard]] std::string unionOf(const RecordField& field, const JsonScan& current,
                                  std::size_t currentList, const JsonScan& change,
                                  std::size_t changeList);

}  // namespace kvista
