// How failures of a Workers KV binding read.
#pragma once

#include "wasm/contract/retry.h"

namespace kvista {

extern const RetryPolicy kCloudflareKvRetryPolicy;

}  // namespace kvista
