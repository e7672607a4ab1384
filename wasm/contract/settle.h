// What reading a key says about a write of it that may have been carried out.
#pragma once

#include "wasm/core/message.h"

namespace kvista {

enum class Settling { kDone, kTryAgain, kUnknown };

// `now` is what the key holds (present, version, expiry); its number is not 0 if a removal was
// begun there and is unfinished. Our own value there: done. The expected version still there:
// nothing was carried out. Everything else may have been written by anybody.
[[nodiscard]] Settling settleBy(const Request& write, const Answer& now);

// What the caller of a write that was carried out is told.
[[nodiscard]] Answer written(const Request& write);

}  // namespace kvista
