// How failures of a Workers KV binding read.
#pragma once

#include "wasm/contract/retry.h"

namespace kvista {

extern const Backend kCloudflareKvBackend;

}  // namespace kvista
