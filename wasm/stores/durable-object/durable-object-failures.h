// How failures of a Durable Object read: of a call to one, and of the storage inside one. What a
// store does about them is in its RetryPolicy here.
#pragma once

#include "wasm/contract/retry.h"

namespace kvista {

extern const RetryPolicy kObjectCallRetryPolicy;
extern const RetryPolicy kObjectStorageRetryPolicy;

// Returns the error of a failed reply of the storage, for an operation that cannot go on without
// it. REQUIRES: the reply failed.
[[nodiscard]] std::unexpected<Error> storageFailure(const HostReply& reply);

}  // namespace kvista
