// Records: the values that an upload service keeps here, known by their fields. A record is checked
// on its way in and out, and changed by a merge that knows what each field means, so that of
// writers which read the same state none undoes what another wrote. Storing is not done here.
//
// The records are Uploadista's (packages/core/src/types/upload-file.ts and flow-job.ts, as its
// stored versions have them). Fields that are not known here are kept, and their values are
// anything.
#pragma once

#include <string>
#include <string_view>

#include "wasm/core/error.h"
#include "wasm/core/record-use.h"

namespace kvista {

// Succeeds if the value is a record of that kind. Fails with `code` otherwise, and the message
// names the field that is wrong; fails with TOO_LARGE over kMaxJsonBytes.
[[nodiscard]] Result<void> checkRecord(RecordKind kind, std::string_view value, Code code);

// Returns the record with the change merged into it. Of what the change names,
//   the id, and a job's flowId       have to be the same
//   an upload's offset               only grows
//   an upload's storage.parts        is the union by partNumber, in that order
//   a job's status                   stays if it is completed, failed or cancelled; then the error
//                                    and the moment of the end stay too, and what is missing of
//                                    them is taken only from a change that names no other status
//   a job's tasks                    is the union by nodeId: of one task the later updatedAt wins,
//                                    and of two with the same one that has ended; one without a
//                                    date counts only once it has ended
//   a job's pausedAt, executionState go when a whole record moves the status and leaves them out
//   a job's result                   is the union by nodeId
//   a job's intermediateFiles        is the union, and an empty list empties it; a whole change
//                                    replaces it, because it may have taken files out
//   a job's updatedAt                is the later one
// and everything else is replaced. What the change does not name keeps its exact text.
//
// A stored value that is no record is replaced by a whole change.
//
// Fails with INVALID_VALUE, which names the field because of which the result, or a whole change,
// would be no record; with INVALID_ARGUMENT if the change is no JSON object; with CORRUPT if the
// stored value is no record; with TOO_LARGE if one of them or the result is over kMaxJsonBytes.
[[nodiscard]] Result<std::string> mergeRecord(RecordUse use, std::string_view record,
                                              std::string_view change);

}  // namespace kvista
