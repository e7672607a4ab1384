// The check of records that are read. It comes after the store has answered.
#pragma once

#include "wasm/core/message.h"

namespace kvista {

// Fails with CORRUPT if the request reads records and a value in the answer is no record of its
// kind. Of a batch the error names the key. REQUIRES: `request.recordUse` is not 0.
[[nodiscard]] Result<void> checkRecordsIn(const Answer& answer, const Request& request);

}  // namespace kvista
