// The listing of the table: keys in order, a step of many at a time.
#include "wasm/contract/key.h"
#include "wasm/contract/listing.h"
#include "wasm/stores/durable-object/durable-object-failures.h"
#include "wasm/stores/durable-object/sql.h"
#include "wasm/stores/durable-object/storage-store.h"

namespace kvista {
namespace {

constexpr SqlStatement kSelectToTheEnd =
    "SELECT key FROM kvista WHERE part = 0 AND key > CAST(? AS TEXT) AND key >= CAST(? AS TEXT) "
    "AND coalesce(expires_at > ?, 1) ORDER BY key LIMIT ?";
constexpr SqlStatement kSelectBetween =
    "SELECT key FROM kvista WHERE part = 0 AND key > CAST(? AS TEXT) AND key >= CAST(? AS TEXT) "
    "AND key < CAST(? AS TEXT) "
    "AND coalesce(expires_at > ?, 1) ORDER BY key LIMIT ?";

constexpr double kKeysPerStep = 10'000;

}  // namespace

Task<Answer> StorageStore::list(Operation& operation) {
  const Request& request = operation.request();
  const bool paged = request.op == Op::kPage;
  const Listing listing = listingOf(StoreKind::kDurableObjectStorage, request);
  std::string after;
  if (paged && request.has(flag::kHasExtra)) {
    Result<std::string> decoded = decodeCursor(listing, request.extra);
    if (!decoded) co_return std::unexpected(std::move(decoded.error()));
    after = std::string(request.nameSpace) + *decoded;
  }
  const std::string end = nextAfterPrefix(request.fullKey);
  Answer answer;
  for (;;) {
    // One more than the page holds tells whether there is a next one.
    const double limit = paged ? request.number + 1 : kKeysPerStep;
    SqlParameters parameters;
    // As blobs, because what ends a prefix may be no text.
    parameters.blob(after).blob(request.fullKey);
    if (!end.empty()) parameters.blob(end);
    const std::string cells =
        parameters.number(static_cast<double>(operation.nowSeconds())).number(limit).take();
    const HostRequest ask = sqlRequest(end.empty() ? kSelectToTheEnd : kSelectBetween, cells);
    const HostReply& reply = (co_await operation.perform(ask)).front();
    if (reply.failed) co_return storageFailure(reply);
    if (!answer.reservation.grow(operation.budget(), reply.value.size())) {
      co_return tooMuchAtOnce(reply.value.size(), operation.budget());
    }
    double count = 0;
    for (SqlRows rows(reply.value); !rows.atEnd(); ++count) {
      const std::string_view key = rows.bytes();
      if (!isKeyOf(request.fullKey, key)) co_return notText();
      if (paged && count == request.number) {
        answer.cursor =
            encodeCursor(listing, std::string_view(after).substr(request.nameSpace.size()));
        co_return answer;
      }
      if (!paged && answer.keyCount == kMaxListedKeys) co_return tooManyKeys();
      after = std::string(key);
      addKey(answer, key.substr(request.nameSpace.size()));
    }
    if (count < limit) co_return answer;
  }
}

}  // namespace kvista
