#include "wasm/stores/durable-object/durable-object-failures.h"

#include <string>

namespace kvista {
namespace {

// Flags: https://developers.cloudflare.com/durable-objects/best-practices/error-handling/
Failure classifyCall(const HostReply& reply) {
  const std::string message(reply.value);
  if ((reply.failureFlags & failure::kOverloaded) != 0) {
    // The platform asks not to send it again. Where the object's queue refused the call, it never
    // ran; an object that broke down under its load may have run it.
    const bool wasQueued = mentions(message, "queued") || mentions(message, "Too much data");
    return {Error{Code::kRateLimited, message,
                  "the object gets more requests than one object can serve: spread them over "
                  "more keys, or over time"},
            false, !wasQueued};
  }
  const bool isRemote = (reply.failureFlags & failure::kRemote) != 0;
  // Without a binding there is no object to call: "Cannot read properties of undefined".
  const bool isUnbound = !isRemote && mentions(message, "of undefined");
  if (isUnbound || mentions(message, "does not implement") ||
      mentions(message, "is not a function")) {
    return {Error{Code::kUnavailable, message,
                  "bind { namespace } to the class KvObject and { catalog } to KvCatalog, both "
                  "exported by kvista"},
            false, false};
  }
  if (mentions(message, "different request") || mentions(message, "global scope")) {
    return {Error{Code::kUnavailable, message,
                  "call the store from the handler of the request that needs it"},
            false, false};
  }
  const bool retryable = (reply.failureFlags & failure::kRetryable) != 0 || !isRemote;
  return {Error{Code::kUnavailable, message, "the Durable Object did not answer: try again"},
          retryable, true};
}

Failure classifyStorage(const HostReply& reply) {
  const std::string message(reply.value);
  if (mentions(message, "SQLITE_FULL") || mentions(message, "database or disk is full")) {
    return {Error{Code::kOutOfMemory, message,
                  "the object's storage is full (10 GB): delete records or use more objects"},
            false, false};
  }
  if (mentions(message, "SQLITE_CORRUPT")) {
    return {Error{Code::kCorrupt, message, "restore the object to an earlier point in time"}, false,
            false};
  }
  if (mentions(message, "sql is not enabled") || mentions(message, "SQLite-backed") ||
      mentions(message, "not a function") || mentions(message, "undefined")) {
    return {Error{Code::kUnavailable, message,
                  "the class needs SQLite storage: list it under new_sqlite_classes and pass "
                  "ctx.storage as { storage }"},
            false, false};
  }
  // The transaction was rolled back.
  return {Error{Code::kUnavailable, message, "the object's storage failed: try again"}, false,
          false};
}

}  // namespace

const RetryPolicy kObjectCallRetryPolicy{.classify = &classifyCall};
const RetryPolicy kObjectStorageRetryPolicy{.classify = &classifyStorage};

std::unexpected<Error> storageFailure(const HostReply& reply) {
  return std::unexpected(kObjectStorageRetryPolicy.classify(reply).error);
}

}  // namespace kvista
