// The rows of the catalog: how objects add, confirm and remove them. Pages are in catalog-page.cc.
#include "wasm/stores/durable-object/catalog.h"

#include <array>
#include <cmath>

#include "wasm/stores/durable-object/catalog-calls.h"

namespace kvista {
namespace {

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

}  // namespace kvista
