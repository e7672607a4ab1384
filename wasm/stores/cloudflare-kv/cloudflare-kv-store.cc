// What the store does with each operation, and the read of one key. Batches of reads, writes and
// listings are in files of their own.
#include "wasm/stores/cloudflare-kv/cloudflare-kv-store.h"

#include "wasm/contract/expiry.h"
#include "wasm/contract/listing.h"
#include "wasm/contract/version.h"
#include "wasm/store/findings.h"
#include "wasm/stores/cloudflare-kv/cloudflare-kv-failures.h"
#include "wasm/stores/cloudflare-kv/cloudflare-kv-metadata.h"
#include "wasm/text/utf8.h"

namespace kvista {
namespace {

Answer findings() {
  Findings found;
  found.warn("eventual-consistency",
             "other locations may see an old value, or an old absence, for 60 seconds or more",
             "keep what is read back soon, such as the offset of an upload, in Durable Objects");
  found.warn("one-write-a-second", "each key takes one write a second; writes beyond that wait",
             "keep records that change often in Durable Objects");
  return std::move(found).answer();
}

}  // namespace

Task<Answer> CloudflareKvStore::perform(Operation& operation) {
  switch (operation.request().op) {
    case Op::kGet:
    case Op::kEntry:
      return read(operation);
    case Op::kSet:
    case Op::kDelete:
      return writeOne(operation);
    case Op::kList:
    case Op::kPage:
      return list(operation);
    case Op::kGetMany:
      return readMany(operation);
    case Op::kSetMany:
    case Op::kDeleteMany:
      return writeMany(operation);
    case Op::kDiagnose:
      return ended(findings());
    default:
      return ended(fail(Code::kUnsupported, "Workers KV does not know the operation",
                        "use the operations of KvStore"));
  }
}

Task<Answer> CloudflareKvStore::read(Operation& operation) {
  const Request& request = operation.request();
  const HostRequest ask{.verb = Verb::kRead, .key = request.fullKey};
  Result<HostReply> reply = co_await performRead(operation, ask, &kCloudflareKvRetryPolicy);
  if (!reply) co_return std::unexpected(std::move(reply.error()));
  Answer answer;
  answer.expiresAt = expiryIn(reply->meta);
  if (!reply->present || isExpired(answer.expiresAt, operation.nowMs())) co_return Answer();
  if (!isUtf8(reply->value)) co_return notText();
  answer.present = true;
  answer.view = reply->value;
  if (request.op == Op::kEntry) answer.version = versionOf(reply->value);
  co_return answer;
}

}  // namespace kvista
