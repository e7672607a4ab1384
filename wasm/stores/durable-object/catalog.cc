#include "wasm/stores/durable-object/catalog.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "wasm/contract/key.h"
#include "wasm/contract/limits.h"
#include "wasm/contract/listing.h"
#include "wasm/stores/durable-object/catalog-calls.h"

namespace kvista {
namespace {

// Rows in one answer at most: 10,000 keys of 512 bytes stay far below the 32 MiB of an RPC message.
constexpr double kMaxRows = 10'000;
// Objects asked in one page at most, below the 1,000 calls that one invocation may make.
constexpr std::size_t kMaxConfirmed = 800;
constexpr std::size_t kMaxConfirmedAtOnce = 200;
// How often a page starts anew because rows changed while their objects were asked.
constexpr int kMaxRounds = 20;

constexpr SqlStatement kSelectToTheEnd =
    "SELECT key, generation, pending = 0 AND coalesce(confirm_after > ?, 1) "
    "FROM kvista_keys WHERE key > ? AND key >= ? ORDER BY key LIMIT ?";
constexpr SqlStatement kSelectBetween =
    "SELECT key, generation, pending = 0 AND coalesce(confirm_after > ?, 1) "
    "FROM kvista_keys WHERE key > ? AND key >= ? AND key < ? ORDER BY key LIMIT ?";
constexpr SqlStatement kConfirmRow =
    "UPDATE kvista_keys SET pending = 0, confirm_after = ? "
    "WHERE key = ? AND generation = ? RETURNING 1";
constexpr SqlStatement kDropRow =
    "DELETE FROM kvista_keys WHERE key = ? AND generation = ? RETURNING 1";

constexpr std::array<SqlStatement, 2> kSchema = {
    "CREATE TABLE IF NOT EXISTS kvista_keys (key BLOB PRIMARY KEY, generation INTEGER NOT NULL, "
    "pending INTEGER NOT NULL, confirm_after INTEGER) WITHOUT ROWID",
    "CREATE TABLE IF NOT EXISTS kvista_state (name TEXT PRIMARY KEY, value INTEGER NOT NULL) "
    "WITHOUT ROWID"};

// Never is null in the table.
SqlParameters confirmAfter(double moment) {
  SqlParameters parameters;
  if (std::isfinite(moment)) {
    parameters.number(moment);
  } else {
    parameters.null();
  }
  return parameters;
}

// A number that came with a request, which may be anything, as a count.
std::uint32_t countFrom(double number, double most) {
  return number >= 1 ? static_cast<std::uint32_t>(std::min(number, most)) : 1;
}

}  // namespace

Task<Answer> CatalogStore::perform(Operation& operation) {
  return prepared_ ? serve(operation) : prepareAndServe(operation);
}

Task<Answer> CatalogStore::prepareAndServe(Operation& operation) {
  if (Result<Answer> ready = co_await prepare(operation); !ready) co_return ready;
  co_return co_await serve(operation);
}

Task<Answer> CatalogStore::serve(Operation& operation) {
  switch (operation.request().op) {
    case Op::kCatalogAdd:
      return add(operation);
    case Op::kCatalogConfirm:
      return confirm(operation);
    case Op::kCatalogRemove:
      return remove(operation);
    case Op::kCatalogRaise:
      return raise(operation);
    case Op::kCatalogPage:
      return page(operation);
    default:
      return ended(fail(Code::kUnsupported, "the catalog does not know the operation",
                        "open a store over the objects with durableObjectKvStore"));
  }
}

Task<std::string> CatalogStore::run(Operation& operation, SqlStatement statement,
                                    std::string parameters) {
  const HostRequest ask = sqlRequest(statement, parameters);
  Result<HostReply> reply = co_await performRead(operation, ask, &kObjectStorageRetryPolicy);
  if (!reply) co_return std::unexpected(std::move(reply.error()));
  co_return std::string(reply->value);
}

Task<Answer> CatalogStore::prepare(Operation& operation) {
  for (const SqlStatement statement : kSchema) {
    Result<std::string> made = co_await run(operation, statement, "");
    if (!made) co_return std::unexpected(std::move(made.error()));
  }
  prepared_ = true;
  co_return Answer();
}

Task<Answer> CatalogStore::registerShard(Operation& operation) {
  const double shard = operation.request().number;
  Result<std::string> known =
      co_await run(operation, "SELECT value FROM kvista_state WHERE name = 'registered'", "");
  if (!known) co_return std::unexpected(std::move(known.error()));
  if (known->empty() && shard > 0) {
    Request call = callFor(operation, Op::kCatalogRaise, "shards");
    call.number = shard + 1;
    if (Result<Answer> raised = co_await callCatalog(operation, 0, call); !raised) {
      co_return raised;
    }
    Result<std::string> noted = co_await run(
        operation,
        "INSERT INTO kvista_state (name, value) VALUES ('registered', 1) ON CONFLICT DO NOTHING",
        "");
    if (!noted) co_return std::unexpected(std::move(noted.error()));
  }
  registered_ = true;
  co_return Answer();
}

Task<Answer> CatalogStore::add(Operation& operation) {
  if (!registered_) {
    if (Result<Answer> ready = co_await registerShard(operation); !ready) co_return ready;
  }
  const Request& request = operation.request();
  // Pending even if the value exists: a call that arrives late, after the value's removal, must not
  // list the key.
  const std::string row = confirmAfter(request.expiryNumber).blob(request.fullKey).number(1).take();
  // One step is one transaction: the counter and the row change together.
  const std::array requests = {
      sqlRequest("INSERT INTO kvista_state (name, value) VALUES ('generation', 1) "
                 "ON CONFLICT (name) DO UPDATE SET value = value + 1"),
      sqlRequest("INSERT INTO kvista_keys (confirm_after, key, pending, generation) "
                 "VALUES (?, ?, ?, (SELECT value FROM kvista_state WHERE name = 'generation')) "
                 "ON CONFLICT (key) DO UPDATE SET pending = excluded.pending, "
                 "confirm_after = excluded.confirm_after, generation = excluded.generation "
                 "RETURNING generation",
                 row)};
  const auto replies = co_await operation.perform(requests);
  for (const HostReply& reply : replies) {
    if (reply.failed) co_return storageFailure(reply);
  }
  Answer answer;
  answer.number = SqlRows(replies[1].value).number().value_or(0);
  co_return answer;
}

Task<Answer> CatalogStore::confirm(Operation& operation) {
  const Request& request = operation.request();
  std::string parameters =
      confirmAfter(request.expiryNumber).blob(request.fullKey).number(request.number).take();
  Result<std::string> done = co_await run(
      operation,
      "UPDATE kvista_keys SET pending = 0, confirm_after = ? WHERE key = ? AND generation = ?",
      std::move(parameters));
  if (!done) co_return std::unexpected(std::move(done.error()));
  co_return Answer();
}

Task<Answer> CatalogStore::remove(Operation& operation) {
  const Request& request = operation.request();
  const std::string which = SqlParameters().blob(request.fullKey).number(request.number).take();
  const std::string key = SqlParameters().blob(request.fullKey).take();
  const std::array requests = {
      sqlRequest("DELETE FROM kvista_keys WHERE key = ? AND generation = ?", which),
      sqlRequest("SELECT generation FROM kvista_keys WHERE key = ?", key)};
  const auto replies = co_await operation.perform(requests);
  for (const HostReply& reply : replies) {
    if (reply.failed) co_return storageFailure(reply);
  }
  Answer answer;
  answer.number = SqlRows(replies[1].value).number().value_or(0);
  co_return answer;
}

Task<Answer> CatalogStore::raise(Operation& operation) {
  std::string parameters = SqlParameters().number(operation.request().number).take();
  Result<std::string> done =
      co_await run(operation,
                   "INSERT INTO kvista_state (name, value) VALUES ('shards', ?) "
                   "ON CONFLICT (name) DO UPDATE SET value = max(value, excluded.value)",
                   std::move(parameters));
  if (!done) co_return std::unexpected(std::move(done.error()));
  co_return Answer();
}

Task<double> CatalogStore::knownShards(Operation& operation) {
  Result<std::string> rows =
      co_await run(operation, "SELECT value FROM kvista_state WHERE name = 'shards'", "");
  if (!rows) co_return std::unexpected(std::move(rows.error()));
  co_return std::max(1.0, SqlRows(*rows).number().value_or(1));
}

Task<std::vector<CatalogStore::Row>> CatalogStore::readRows(Operation& operation, std::string after,
                                                            std::uint32_t limit) {
  const std::string_view prefix = operation.request().fullKey;
  const std::string end = nextAfterPrefix(prefix);
  SqlParameters parameters;
  parameters.number(static_cast<double>(operation.nowSeconds())).blob(after).blob(prefix);
  if (!end.empty()) parameters.blob(end);
  parameters.number(limit);
  Result<std::string> found =
      co_await run(operation, end.empty() ? kSelectToTheEnd : kSelectBetween, parameters.take());
  if (!found) co_return std::unexpected(std::move(found.error()));
  std::vector<Row> rows;
  for (SqlRows cells(*found); !cells.atEnd();) {
    Row& row = rows.emplace_back();
    row.key = cells.bytes();
    if (!isKeyOf(prefix, row.key)) co_return notText();
    row.generation = cells.number().value_or(0);
    row.certain = cells.number().value_or(0) != 0;
  }
  co_return rows;
}

Task<bool> CatalogStore::settleWithObjects(Operation& operation, std::vector<Row> rows) {
  std::vector<std::string> heads;
  heads.reserve(rows.size());
  std::vector<HostRequest> calls;
  for (const Row& row : rows) {
    Request call = callFor(operation, Op::kObjectConfirm, row.key);
    call.number = row.generation;
    call.expiryNumber = operation.request().expiryNumber;
    heads.push_back(encodeRemoteRequest(call));
    calls.push_back(
        {.verb = Verb::kCall, .key = row.key, .meta = heads.back(), .number = kToObject});
  }
  std::vector<std::string> parameters;
  parameters.reserve(rows.size());
  std::vector<HostRequest> changes;
  const auto replies = co_await operation.perform(calls);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (replies[i].failed) {
      co_return std::unexpected(kObjectCallRetryPolicy.classify(replies[i]).error);
    }
    const Result<Answer> answer = decodeAnswer(replies[i].meta, replies[i].value);
    if (!answer) co_return std::unexpected(answer.error());
    SqlParameters cells;
    if (answer->present) cells.numberOrNull(answer->expiresAt);
    parameters.push_back(cells.blob(rows[i].key).number(rows[i].generation).take());
    changes.push_back(sqlRequest(answer->present ? kConfirmRow : kDropRow, parameters.back()));
  }
  bool settled = true;
  for (const HostReply& reply : co_await operation.perform(changes)) {
    if (reply.failed) co_return storageFailure(reply);
    settled = settled && !reply.value.empty();
  }
  co_return settled;
}

Task<Answer> CatalogStore::page(Operation& operation) {
  const Request& request = operation.request();
  std::uint32_t limit = countFrom(request.number, kMaxRows);
  std::size_t asked = 0;
  Answer answer;
  Result<double> shards = co_await knownShards(operation);
  if (!shards) co_return std::unexpected(std::move(shards.error()));
  answer.number = *shards;
  for (int round = 1;; ++round) {
    // One row more than the page holds tells whether there is a next one.
    Result<std::vector<Row>> rows =
        co_await readRows(operation, std::string(request.extra), limit + 1);
    if (!rows) co_return std::unexpected(std::move(rows.error()));
    const bool more = rows->size() > limit;
    if (more) rows->pop_back();
    std::vector<Row> uncertain;
    for (std::size_t i = 0; i < rows->size(); ++i) {
      if ((*rows)[i].certain) continue;
      if (uncertain.size() == kMaxConfirmedAtOnce || asked == kMaxConfirmed) {
        // As many as can be asked about now; the caller goes on behind them.
        limit = static_cast<std::uint32_t>(i);
        break;
      }
      uncertain.push_back((*rows)[i]);
      ++asked;
    }
    if (limit == 0) {
      co_return fail(Code::kRateLimited, "the objects of too many rows have to be asked at once",
                     "try again: the listing goes on behind those that were asked");
    }
    if (!uncertain.empty()) {
      Result<bool> settled = co_await settleWithObjects(operation, std::move(uncertain));
      if (!settled) co_return std::unexpected(std::move(settled.error()));
      // Read again what is certain now. Rows may go on changing: not for ever.
      if (round == kMaxRounds) {
        co_return fail(Code::kRateLimited, "the catalog's rows changed as fast as they were read",
                       "try again");
      }
      continue;
    }
    for (const Row& row : *rows) addKey(answer, row.key);
    if (more) answer.cursor = rows->back().key;
    co_return answer;
  }
}

}  // namespace kvista
