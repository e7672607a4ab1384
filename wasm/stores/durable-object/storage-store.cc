// The values of the table: how one is found, written and removed, and what has expired is swept.
// The listing is in storage-listing.cc.
#include "wasm/stores/durable-object/storage-store.h"

#include <algorithm>
#include <array>

#include "wasm/contract/decide.h"
#include "wasm/contract/expiry.h"
#include "wasm/contract/listing.h"
#include "wasm/store/findings.h"
#include "wasm/stores/durable-object/durable-object-failures.h"
#include "wasm/stores/durable-object/object-limits.h"
#include "wasm/stores/durable-object/sql.h"

namespace kvista {
namespace {

constexpr std::array<SqlStatement, 2> kSchema = {
    "CREATE TABLE IF NOT EXISTS kvista (key TEXT NOT NULL, part INTEGER NOT NULL, "
    "expires_at INTEGER, parts INTEGER, value BLOB NOT NULL, PRIMARY KEY (key, part)) "
    "WITHOUT ROWID",
    "CREATE INDEX IF NOT EXISTS kvista_expiry ON kvista (expires_at) "
    "WHERE expires_at IS NOT NULL"};

// For a value of fewer parts than the one before: so a plain set is one statement, and reads
// nothing. Made together with a value of several parts, because it costs each set a tenth of its
// time.
constexpr SqlStatement kTrigger =
    "CREATE TRIGGER IF NOT EXISTS kvista_parts AFTER UPDATE OF parts ON kvista "
    "WHEN old.parts > new.parts "
    "BEGIN DELETE FROM kvista WHERE key = new.key AND part >= new.parts; END";

constexpr SqlStatement kUpsert =
    "INSERT INTO kvista (key, part, expires_at, parts, value) VALUES (?, ?, ?, ?, ?) "
    "ON CONFLICT (key, part) DO UPDATE SET expires_at = excluded.expires_at, "
    "parts = excluded.parts, value = excluded.value";

// Of a value of one part: the fewer parameters, the less a statement costs.
constexpr SqlStatement kUpsertWhole =
    "INSERT INTO kvista (key, part, expires_at, parts, value) VALUES (?1, 0, ?2, 1, ?3) "
    "ON CONFLICT (key, part) DO UPDATE SET expires_at = ?2, parts = 1, value = ?3";
constexpr SqlStatement kUpsertLasting =
    "INSERT INTO kvista (key, part, expires_at, parts, value) VALUES (?1, 0, NULL, 1, ?2) "
    "ON CONFLICT (key, part) DO UPDATE SET expires_at = NULL, parts = 1, value = ?2";
// A live value of one part; 0 if there is another. A caller of `get` is told no expiry, and each
// column costs a tenth of the statement.
constexpr SqlStatement kSelectLiveWhole =
    "SELECT iif(parts = 1 AND coalesce(expires_at > ?, 1), value, 0) FROM kvista "
    "WHERE key = ? AND part = 0";

// A value up to this size lies in its row as text, which costs the runtime less than a blob does.
// Text that is not Latin-1 takes two bytes a character on its way there, so a large value is a
// blob.
constexpr std::size_t kMaxTextBytes = 16 * 1024;

std::optional<std::int64_t> asExpiry(std::optional<double> cell) {
  if (!cell) return std::nullopt;
  return wholeOf(*cell);
}

}  // namespace

bool StorageStore::isGone(const Error& error) const {
  // The class that owns the storage has emptied it.
  return mentions(error.message, "no such table: kvista");
}

Task<Answer> StorageStore::serveOther(Operation& operation) {
  switch (operation.request().op) {
    case Op::kList:
    case Op::kPage:
      return list(operation);
    case Op::kSweep:
      return sweep(operation);
    case Op::kDiagnose:
      return ended(Findings().answer());
    default:
      return ended(fail(Code::kUnsupported, "an object's storage does not know the operation",
                        "use the operations of KvStore"));
  }
}

Task<HostReply> StorageStore::prepare(Operation& operation) {
  for (const SqlStatement statement : kSchema) {
    const HostReply& made = (co_await operation.perform(sqlChange(statement))).front();
    if (made.failed) co_return storageFailure(made);
  }
  prepared_ = true;
  co_return HostReply();
}

Task<StorageStore::Found> StorageStore::find(Operation& operation, Request request) {
  Found found;
  found.live = !needsCurrent(request);
  if (found.live) co_return found;
  if (request.op == Op::kGet) {
    const std::string cells = SqlParameters()
                                  .number(static_cast<double>(operation.nowSeconds()))
                                  .keyOf(operation, request.fullKey)
                                  .take();
    HostRequest ask = sqlRequest(kSelectLiveWhole, cells);
    ask.mayKeepText = operation.request().handsValueOn();
    const HostReply& reply = (co_await operation.perform(ask)).front();
    if (reply.failed) co_return storageFailure(reply);
    SqlRows rows(reply.value);
    if (rows.atEnd()) co_return found;
    if (!rows.isNumber()) {
      found.live = true;
      found.view = rows.bytes();
      found.textKept = reply.textKept;
      co_return found;
    }
  }
  const std::string first = SqlParameters().keyOf(operation, request.fullKey).take();
  const HostRequest ask =
      sqlRequest("SELECT expires_at, parts, value FROM kvista WHERE key = ? AND part = 0", first);
  const HostReply& reply = (co_await operation.perform(ask)).front();
  if (reply.failed) co_return storageFailure(reply);
  SqlRows cells(reply.value);
  if (cells.atEnd()) co_return found;
  found.expiresAt = asExpiry(cells.number());
  const auto parts = countOf(cells.number().value_or(1));
  found.view = cells.bytes();
  found.expired = isExpired(found.expiresAt, operation.nowMs());
  found.live = !found.expired;
  if (parts < 2 || found.expired || !needsValue(request)) co_return found;
  if (parts > kMaxValueBytes / kMaxChunkBytes + 1) co_return notText();
  const std::size_t bytes = parts * kMaxChunkBytes;
  if (!found.reservation.grow(operation.budget(), bytes)) {
    co_return tooMuchAtOnce(bytes, operation.budget());
  }
  found.owned.emplace(found.view);
  found.owned->reserve(bytes);
  for (std::uint32_t part = 1; part < parts; ++part) {
    const std::string parameters =
        SqlParameters().keyOf(operation, request.fullKey).number(part).take();
    const HostRequest next =
        sqlRequest("SELECT value FROM kvista WHERE key = ? AND part = ?", parameters);
    const HostReply& more = (co_await operation.perform(next)).front();
    if (more.failed) co_return storageFailure(more);
    SqlRows rows(more.value);
    if (rows.atEnd()) {
      co_return fail(Code::kCorrupt, "a part of the stored value is missing",
                     "restore the object to an earlier point in time, or set the key anew");
    }
    found.owned->append(rows.bytes());
  }
  co_return found;
}

Task<HostReply> StorageStore::write(Operation& operation, Request request) {
  const std::string_view value = request.value;
  const std::size_t parts =
      std::max<std::size_t>(1, (value.size() + kMaxChunkBytes - 1) / kMaxChunkBytes);
  if (parts == 1) {
    SqlParameters parameters;
    parameters.keyOf(operation, request.fullKey);
    if (request.expiresAt) parameters.number(static_cast<double>(*request.expiresAt));
    value.size() <= kMaxTextBytes ? parameters.requestText() : parameters.requestBlob();
    const std::string cells = parameters.take();
    const HostRequest ask =
        sqlChange(request.expiresAt ? kUpsertWhole : kUpsertLasting, cells, value);
    const HostReply& reply = (co_await operation.perform(ask)).front();
    if (reply.failed) co_return storageFailure(reply);
    co_return HostReply();
  }
  std::vector<std::string> parameters;
  parameters.reserve(parts);
  std::vector<HostRequest> requests = {sqlChange(kTrigger)};
  for (std::size_t part = 0; part < parts; ++part) {
    SqlParameters cells;
    cells.keyOf(operation, request.fullKey).number(static_cast<double>(part));
    if (part == 0) {
      cells.numberOrNull(request.expiresAt).number(static_cast<double>(parts));
    } else {
      cells.null().null();
    }
    parameters.push_back(cells.requestBlob().take());
    requests.push_back(
        sqlChange(kUpsert, parameters.back(), value.substr(part * kMaxChunkBytes, kMaxChunkBytes)));
  }
  for (const HostReply& reply : co_await operation.perform(requests)) {
    if (reply.failed) co_return storageFailure(reply);
  }
  co_return HostReply();
}

Task<HostReply> StorageStore::remove(Operation& operation, Request request, std::string /*stat*/) {
  const std::string parameters = SqlParameters().keyOf(operation, request.fullKey).take();
  const HostRequest ask = sqlChange("DELETE FROM kvista WHERE key = ?", parameters);
  const HostReply& reply = (co_await operation.perform(ask)).front();
  if (reply.failed) co_return storageFailure(reply);
  co_return HostReply();
}

Task<Answer> StorageStore::sweep(Operation& operation) {
  const std::string now =
      SqlParameters().number(static_cast<double>(operation.nowSeconds())).take();
  const std::array requests = {
      sqlChange("DELETE FROM kvista WHERE key IN "
                "(SELECT key FROM kvista WHERE expires_at IS NOT NULL AND expires_at <= ?)",
                now),
      sqlRequest("SELECT min(expires_at) FROM kvista WHERE expires_at IS NOT NULL")};
  const auto replies = co_await operation.perform(requests);
  for (const HostReply& reply : replies) {
    if (reply.failed) co_return storageFailure(reply);
  }
  Answer answer;
  answer.expiresAt = asExpiry(SqlRows(replies[1].value).number());
  // An alarm further away is refused; one that comes early asks again.
  if (answer.expiresAt) {
    answer.expiresAt = std::min(*answer.expiresAt, operation.nowSeconds() + kFarthestAlarmSeconds);
  }
  co_return answer;
}

}  // namespace kvista
