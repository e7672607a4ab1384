// How failures of Redis and of its clients (@redis/client, ioredis) read.
#pragma once

#include "wasm/contract/retry.h"

namespace kvista {

// A script that the server does not know by its SHA-1 reads as NOT_FOUND, which no caller sees.
extern const RetryPolicy kRedisRetryPolicy;

}  // namespace kvista
