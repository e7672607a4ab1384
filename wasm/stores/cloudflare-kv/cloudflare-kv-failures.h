// How failures of a Workers KV binding read. Its writes are repeated even if they may have been
// carried out: Workers KV promises no order.
#pragma once

#include "wasm/contract/retry.h"

namespace kvista {

extern const RetryPolicy kCloudflareKvRetryPolicy;

}  // namespace kvista
