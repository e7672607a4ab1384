// How failures of Redis and of its clients read.
#pragma once

#include "wasm/contract/retry.h"

namespace kvista {

// A script that the server does not know by its SHA-1 is NOT_FOUND.
extern const RetryPolicy kRedisRetryPolicy;

}  // namespace kvista
