// Settling: finding out by a read whether a write whose reply was lost was carried out.
#pragma once

#include "wasm/core/message.h"

namespace kvista {

enum class Settling { kDone, kTryAgain, kUnknown };

// Returns what a read says about the write. `now` is what the key holds: present, version, expiry.
//
//   kDone       the key holds the write's own value, or is absent after a delete
//   kTryAgain   the key holds the version that the write expects, so it was not carried out
//   kUnknown    anything else, because another writer may have come between: a key that is absent
//               after a write that was to create it may have been created and removed since
[[nodiscard]] Settling settleBy(const Request& write, const Answer& now);

// Returns the answer to a write that was carried out, without the version.
[[nodiscard]] Answer acknowledgement(const Request& write);

}  // namespace kvista
