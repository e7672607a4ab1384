// How failures of a file system read: the errno that Node names in "Error: CODE: …".
#pragma once

#include <string_view>

#include "wasm/contract/retry.h"

namespace kvista {

extern const RetryPolicy kFileRetryPolicy;

// Returns whether the failure is that errno.
[[nodiscard]] bool isErrno(const Error& error, std::string_view code);
[[nodiscard]] bool isErrno(const HostReply& reply, std::string_view code);

}  // namespace kvista
