// What reading a key says about a write of it that may have been carried out.
#pragma once

#include "wasm/core/message.h"

namespace kvista {

enum class Settling { kDone, kTryAgain, kUnknown };

// `now` is what the key holds (present, version, expiry). Our own value there: done. The expected
// version still there: nothing was carried out. Everything else may have been written by anybody;
// of a key that is absent, as a creation expects, what was created may have been removed since.
[[nodiscard]] Settling settleBy(const Request& write, const Answer& now);

// What the caller of a write that was carried out is told.
[[nodiscard]] Answer acknowledgement(const Request& write);

}  // namespace kvista
