// A page of the catalog: rows in key order, of which those that are not certain are confirmed with
// their objects first.
#include <algorithm>

#include "wasm/contract/key.h"
#include "wasm/contract/listing.h"
#include "wasm/stores/durable-object/catalog-calls.h"
#include "wasm/stores/durable-object/catalog.h"

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

// A number that came with a request, which may be anything, as a count.
std::uint32_t countFrom(double number, double most) {
  return number >= 1 ? static_cast<std::uint32_t>(std::min(number, most)) : 1;
}

}  // namespace

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

Task<bool> CatalogStore::confirmWithObjects(Operation& operation, std::vector<Row> rows) {
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
  bool areAllConfirmed = true;
  for (const HostReply& reply : co_await operation.perform(changes)) {
    if (reply.failed) co_return storageFailure(reply);
    areAllConfirmed = areAllConfirmed && !reply.value.empty();
  }
  co_return areAllConfirmed;
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
      Result<bool> confirmed = co_await confirmWithObjects(operation, std::move(uncertain));
      if (!confirmed) co_return std::unexpected(std::move(confirmed.error()));
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
