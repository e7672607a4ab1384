// What a read tells of records, checked after a store has answered.
#pragma once

#include "wasm/core/message.h"

namespace kvista {

// CORRUPT if the request reads records and one of the values is none; of a batch the error names
// the key. REQUIRES: `request.recordUse` is not 0.
[[nodiscard]] Result<void> checkRecordsIn(const Answer& answer, const Request& request);

}  // namespace kvista
