#include "wasm/stores/storage-store.h"

#include <algorithm>
#include <array>

#include "wasm/contract/admit.h"
#include "wasm/contract/expiry.h"
#include "wasm/contract/key.h"
#include "wasm/contract/version.h"
#include "wasm/stores/durable-object-failures.h"
#include "wasm/stores/findings.h"
#include "wasm/stores/listing.h"
#include "wasm/stores/sql.h"
#include "wasm/text/merge-patch.h"

namespace kvista {
namespace {

constexpr std::array<SqlStatement, 3> kSchema = {
    "CREATE TABLE IF NOT EXISTS kvista (key BLOB NOT NULL, part INTEGER NOT NULL, "
    "expires_at INTEGER, parts INTEGER, value BLOB NOT NULL, PRIMARY KEY (key, part)) "
    "WITHOUT ROWID",
    "CREATE INDEX IF NOT EXISTS kvista_expiry ON kvista (expires_at) "
    "WHERE expires_at IS NOT NULL",
    // A value of fewer parts than the one before: so a plain set is one statement, and reads
    // nothing.
    "CREATE TRIGGER IF NOT EXISTS kvista_parts AFTER UPDATE OF parts ON kvista "
    "WHEN old.parts > new.parts "
    "BEGIN DELETE FROM kvista WHERE key = new.key AND part >= new.parts; END"};

constexpr SqlStatement kUpsert =
    "INSERT INTO kvista (key, part, expires_at, parts, value) VALUES (?, ?, ?, ?, ?) "
    "ON CONFLICT (key, part) DO UPDATE SET expires_at = excluded.expires_at, "
    "parts = excluded.parts, value = excluded.value";

// Of a value of one part: the fewer parameters, the less a statement costs.
constexpr SqlStatement kUpsertWhole =
    "INSERT INTO kvista (key, part, expires_at, parts, value) VALUES (?1, 0, ?2, 1, ?3) "
    "ON CONFLICT (key, part) DO UPDATE SET expires_at = ?2, parts = 1, value = ?3";

constexpr SqlStatement kSelectToTheEnd =
    "SELECT key FROM kvista WHERE part = 0 AND key > ? AND key >= ? "
    "AND coalesce(expires_at > ?, 1) ORDER BY key LIMIT ?";
constexpr SqlStatement kSelectBetween =
    "SELECT key FROM kvista WHERE part = 0 AND key > ? AND key >= ? AND key < ? "
    "AND coalesce(expires_at > ?, 1) ORDER BY key LIMIT ?";

constexpr double kKeysPerStep = 10'000;

std::optional<std::int64_t> asExpiry(std::optional<double> cell) {
  if (!cell) return std::nullopt;
  return static_cast<std::int64_t>(*cell);
}

bool isTableGone(const Error& error) { return mentions(error.message, "no such table: kvista"); }

}  // namespace

Task<Answer> StorageStore::perform(Operation& operation) { return prepareAndServe(operation); }

Task<Answer> StorageStore::prepareAndServe(Operation& operation) {
  if (!prepared_) {
    if (Result<Answer> ready = co_await prepare(operation); !ready) co_return ready;
  }
  Result<Answer> answer = co_await serve(operation);
  if (answer || !isTableGone(answer.error())) co_return answer;
  // The class that owns the storage has emptied it. Nothing of the operation was carried out.
  if (Result<Answer> ready = co_await prepare(operation); !ready) co_return ready;
  co_return co_await serve(operation);
}

Task<Answer> StorageStore::serve(Operation& operation) {
  switch (operation.request().op) {
    case Op::kGet:
    case Op::kEntry:
      return read(operation);
    case Op::kSet:
    case Op::kDelete:
    case Op::kCompareAndSet:
    case Op::kCompareAndDelete:
    case Op::kPatch:
      return change(operation, operation.request());
    case Op::kGetMany:
    case Op::kSetMany:
    case Op::kDeleteMany:
      return performMany(operation);
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

Task<Answer> StorageStore::prepare(Operation& operation) {
  for (const SqlStatement statement : kSchema) {
    const HostReply& made = (co_await operation.perform(sqlRequest(statement))).front();
    if (made.failed) co_return storageFailure(made);
  }
  prepared_ = true;
  co_return Answer();
}

Task<StorageStore::Found> StorageStore::find(Operation& operation, std::string fullKey) {
  const std::string parameters = SqlParameters().blob(fullKey).take();
  const HostRequest ask = sqlRequest(
      "SELECT expires_at, parts, value FROM kvista WHERE key = ? AND part = 0", parameters);
  const HostReply& reply = (co_await operation.perform(ask)).front();
  if (reply.failed) co_return storageFailure(reply);
  Found found;
  SqlRows cells(reply.value);
  if (cells.atEnd()) co_return found;
  found.expiresAt = asExpiry(cells.number());
  found.parts = static_cast<std::uint32_t>(cells.number().value_or(1));
  found.first = cells.blob();
  found.expired = isExpired(found.expiresAt, operation.nowMs());
  found.live = !found.expired;
  co_return found;
}

Task<std::string> StorageStore::assemble(Operation& operation, std::string fullKey, Found found) {
  std::string value(found.first);
  value.reserve(found.parts * kMaxChunkBytes);
  for (std::uint32_t part = 1; part < found.parts; ++part) {
    const std::string parameters = SqlParameters().blob(fullKey).number(part).take();
    const HostRequest ask =
        sqlRequest("SELECT value FROM kvista WHERE key = ? AND part = ?", parameters);
    const HostReply& reply = (co_await operation.perform(ask)).front();
    if (reply.failed) co_return storageFailure(reply);
    SqlRows cells(reply.value);
    if (cells.atEnd()) {
      co_return fail(Code::kCorrupt, "a part of the stored value is missing",
                     "restore the object to an earlier point in time, or set the key anew");
    }
    value.append(cells.blob());
  }
  co_return value;
}

Task<Answer> StorageStore::read(Operation& operation) {
  const Request& request = operation.request();
  Result<Found> found = co_await find(operation, std::string(request.fullKey));
  if (!found) co_return std::unexpected(std::move(found.error()));
  Answer answer;
  if (!found->live) {
    if (found->expired) {
      if (auto gone = co_await remove(operation, std::string(request.fullKey)); !gone)
        co_return gone;
    }
    co_return answer;
  }
  answer.present = true;
  answer.expiresAt = found->expiresAt;
  answer.view = found->first;
  if (found->parts > 1) {
    const std::size_t bytes = found->parts * kMaxChunkBytes;
    if (!answer.lease.grow(operation.budget(), bytes)) {
      co_return tooMuchAtOnce(bytes, operation.budget());
    }
    Result<std::string> value = co_await assemble(operation, std::string(request.fullKey), *found);
    if (!value) co_return std::unexpected(std::move(value.error()));
    answer.owned = std::move(*value);
  }
  if (request.op == Op::kEntry) answer.version = versionOf(answer.value());
  co_return answer;
}

Task<Answer> StorageStore::change(Operation& operation, Request request) {
  if (!needsCurrent(request)) {
    Result<Decision> decision = decide(request, Current{.present = true});
    if (!decision) co_return std::unexpected(std::move(decision.error()));
    co_return co_await carryOut(operation, request, std::move(*decision));
  }
  Result<Found> found = co_await find(operation, std::string(request.fullKey));
  if (!found) co_return std::unexpected(std::move(found.error()));
  Current current{.present = found->live, .value = found->first, .expiresAt = found->expiresAt};
  std::string version;
  std::string whole;
  Lease lease;
  const bool needsValue = request.op == Op::kPatch || needsVersion(request);
  if (found->live && needsValue) {
    if (found->parts > 1) {
      const std::size_t bytes = found->parts * kMaxChunkBytes;
      if (!lease.grow(operation.budget(), bytes)) {
        co_return tooMuchAtOnce(bytes, operation.budget());
      }
      Result<std::string> value =
          co_await assemble(operation, std::string(request.fullKey), *found);
      if (!value) co_return std::unexpected(std::move(value.error()));
      whole = std::move(*value);
      current.value = whole;
    }
    if (needsVersion(request)) version = versionOf(current.value);
    current.version = version;
  }
  Result<Decision> decision = decide(request, current);
  if (!decision) co_return std::unexpected(std::move(decision.error()));
  if (decision->action == Decision::Action::kNothing && found->expired) {
    decision->action = Decision::Action::kRemove;
  }
  co_return co_await carryOut(operation, request, std::move(*decision));
}

Task<Answer> StorageStore::carryOut(Operation& operation, Request request, Decision decision) {
  if (decision.action == Decision::Action::kRemove) {
    if (auto gone = co_await remove(operation, std::string(request.fullKey)); !gone) co_return gone;
  }
  if (decision.action != Decision::Action::kWrite) {
    co_return answerWritten(request, std::move(decision));
  }
  const std::string_view value = decision.value(request);
  const std::size_t parts =
      std::max<std::size_t>(1, (value.size() + kMaxChunkBytes - 1) / kMaxChunkBytes);
  if (parts == 1) {
    const std::string cells = SqlParameters()
                                  .blob(request.fullKey)
                                  .numberOrNull(decision.expiresAt)
                                  .requestValue()
                                  .take();
    const HostRequest ask = sqlRequest(kUpsertWhole, cells, value);
    const HostReply& reply = (co_await operation.perform(ask)).front();
    if (reply.failed) co_return storageFailure(reply);
    co_return answerWritten(request, std::move(decision));
  }
  std::vector<std::string> parameters;
  parameters.reserve(parts);
  std::vector<HostRequest> requests;
  for (std::size_t part = 0; part < parts; ++part) {
    SqlParameters cells;
    cells.blob(request.fullKey).number(static_cast<double>(part));
    if (part == 0) {
      cells.numberOrNull(decision.expiresAt).number(static_cast<double>(parts));
    } else {
      cells.null().null();
    }
    parameters.push_back(cells.requestValue().take());
    requests.push_back(sqlRequest(kUpsert, parameters.back(),
                                  value.substr(part * kMaxChunkBytes, kMaxChunkBytes)));
  }
  for (const HostReply& reply : co_await operation.perform(requests)) {
    if (reply.failed) co_return storageFailure(reply);
  }
  co_return answerWritten(request, std::move(decision));
}

Task<Answer> StorageStore::remove(Operation& operation, std::string fullKey) {
  const std::string parameters = SqlParameters().blob(fullKey).take();
  const HostRequest ask = sqlRequest("DELETE FROM kvista WHERE key = ?", parameters);
  const HostReply& reply = (co_await operation.perform(ask)).front();
  if (reply.failed) co_return storageFailure(reply);
  co_return Answer();
}

Task<Answer> StorageStore::performMany(Operation& operation) {
  Result<std::vector<AdmittedItem>> items = admitItems(operation.request());
  if (!items) co_return std::unexpected(std::move(items.error()));
  Answer answer;
  answer.items.resize(items->size());
  for (std::size_t i = 0; i < items->size(); ++i) {
    AdmittedItem& one = (*items)[i];
    ItemOutcome& outcome = answer.items[i];
    if (one.error) {
      outcome.error = std::move(one.error);
      continue;
    }
    if (operation.request().op == Op::kGetMany) {
      Result<Found> found = co_await find(operation, std::string(one.item.fullKey));
      if (!found) co_return std::unexpected(std::move(found.error()));
      if (!found->live) continue;
      const std::size_t bytes =
          found->parts > 1 ? found->parts * kMaxChunkBytes : found->first.size();
      if (Result<void> ok = countValue(answer, bytes, operation.budget()); !ok) {
        co_return std::unexpected(std::move(ok.error()));
      }
      Result<std::string> value =
          co_await assemble(operation, std::string(one.item.fullKey), *found);
      if (!value) co_return std::unexpected(std::move(value.error()));
      outcome.present = true;
      outcome.value = std::move(*value);
      continue;
    }
    Request single = operation.request();
    single.op = operation.request().op == Op::kSetMany ? Op::kSet : Op::kDelete;
    single.flags = 0;
    single.fullKey = one.item.fullKey;
    single.value = one.item.value;
    single.expiresAt = one.expiresAt;
    Result<Answer> done = co_await change(operation, single);
    outcome.expiresAt = one.expiresAt;
    if (!done && isTableGone(done.error())) co_return done;
    if (!done) outcome.error = std::move(done.error());
  }
  co_return answer;
}

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
    parameters.blob(after).blob(request.fullKey);
    if (!end.empty()) parameters.blob(end);
    const std::string cells =
        parameters.number(static_cast<double>(operation.nowSeconds())).number(limit).take();
    const HostRequest ask = sqlRequest(end.empty() ? kSelectToTheEnd : kSelectBetween, cells);
    const HostReply& reply = (co_await operation.perform(ask)).front();
    if (reply.failed) co_return storageFailure(reply);
    if (!answer.lease.grow(operation.budget(), reply.value.size())) {
      co_return tooMuchAtOnce(reply.value.size(), operation.budget());
    }
    double count = 0;
    for (SqlRows rows(reply.value); !rows.atEnd(); ++count) {
      const std::string_view key = rows.blob();
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

Task<Answer> StorageStore::sweep(Operation& operation) {
  const std::string now =
      SqlParameters().number(static_cast<double>(operation.nowSeconds())).take();
  const std::array requests = {
      sqlRequest("DELETE FROM kvista WHERE key IN "
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
