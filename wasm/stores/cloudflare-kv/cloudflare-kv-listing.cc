// The listing of a namespace.
#include "wasm/contract/expiry.h"
#include "wasm/contract/listing.h"
#include "wasm/core/bytes.h"
#include "wasm/stores/cloudflare-kv/cloudflare-kv-failures.h"
#include "wasm/stores/cloudflare-kv/cloudflare-kv-metadata.h"
#include "wasm/stores/cloudflare-kv/cloudflare-kv-store.h"

namespace kvista {

Task<Answer> CloudflareKvStore::list(Operation& operation) {
  const Request& request = operation.request();
  const bool paged = request.op == Op::kPage;
  const Listing listing = listingOf(StoreKind::kCloudflareKv, request);
  std::string cursor;
  if (paged && request.has(flag::kHasExtra)) {
    Result<std::string> decoded = decodeCursor(listing, request.extra);
    if (!decoded) co_return std::unexpected(std::move(decoded.error()));
    cursor = std::move(*decoded);
  }
  Answer answer;
  for (;;) {
    const HostRequest ask{.verb = Verb::kScan,
                          .key = request.fullKey,
                          .meta = cursor,
                          .number = paged ? request.number : kMaxPageKeys};
    Result<HostReply> reply = co_await performRead(operation, ask, &kCloudflareKvRetryPolicy);
    if (!reply) co_return std::unexpected(std::move(reply.error()));
    std::string_view keys = reply->value;
    std::string_view metadata = reply->meta;
    if (!answer.reservation.grow(operation.budget(), keys.size())) {
      co_return tooMuchAtOnce(keys.size(), operation.budget());
    }
    while (!keys.empty()) {
      const std::string_view key = takeName(keys);
      const std::optional<std::int64_t> expiresAt = expiryIn(takeName(metadata));
      if (!key.starts_with(request.fullKey) || isExpired(expiresAt, operation.nowMs())) continue;
      // Another program's key, equal to the namespace itself: here it would have no name.
      if (key.size() == request.nameSpace.size()) continue;
      if (!paged && answer.keyCount == kMaxListedKeys) co_return tooManyKeys();
      addKey(answer, key.substr(request.nameSpace.size()));
    }
    if (!reply->present) co_return answer;
    cursor = std::string(reply->extra);
    // A page may be empty and yet not the last: the platform walks over what was deleted.
    if (paged && answer.keyCount > 0) {
      answer.cursor = encodeCursor(listing, cursor);
      co_return answer;
    }
  }
}

}  // namespace kvista
