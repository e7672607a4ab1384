#include "tests/native/fakes/sqlite-host.h"

#include "tests/native/support/check.h"
#include "wasm/core/bytes.h"

namespace kvista::test {
namespace {

void bindText(sqlite3_stmt* statement, int i, std::string_view text) {
  sqlite3_bind_text64(statement, i, text.empty() ? "" : text.data(), text.size(), SQLITE_TRANSIENT,
                      SQLITE_UTF8);
}

void bind(sqlite3_stmt* statement, const Asked& asked) {
  ByteReader in(asked.meta);
  for (int i = 1; !in.atEnd(); ++i) {
    switch (in.u8()) {
      case 1:
        sqlite3_bind_double(statement, i, in.f64());
        break;
      case 2: {
        const std::string_view blob = in.bytes();
        sqlite3_bind_blob64(statement, i, blob.empty() ? "" : blob.data(), blob.size(),
                            SQLITE_TRANSIENT);
        break;
      }
      case 3:
      case 6:
        bindText(statement, i, in.bytes());
        break;
      case 4:
        sqlite3_bind_blob64(statement, i, asked.value.empty() ? "" : asked.value.data(),
                            asked.value.size(), SQLITE_TRANSIENT);
        break;
      case 5:
        bindText(statement, i, asked.value);
        break;
      default:
        sqlite3_bind_null(statement, i);
        break;
    }
  }
  ensure(in.ok());
}

void appendRow(sqlite3_stmt* statement, ByteWriter& out) {
  for (int i = 0; i < sqlite3_column_count(statement); ++i) {
    switch (sqlite3_column_type(statement, i)) {
      case SQLITE_NULL:
        out.u8(0);
        break;
      case SQLITE_INTEGER:
      case SQLITE_FLOAT:
        out.u8(1).f64(sqlite3_column_double(statement, i));
        break;
      default: {
        const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement, i));
        const auto* data = static_cast<const char*>(sqlite3_column_blob(statement, i));
        const bool isText = sqlite3_column_type(statement, i) == SQLITE_TEXT;
        out.u8(isText ? 3 : 2).bytes(std::string_view(data, size));
        break;
      }
    }
  }
}

}  // namespace

Database::Database() {
  sqlite3* database = nullptr;
  ensure(sqlite3_open(":memory:", &database) == SQLITE_OK);
  database_.reset(database);
}

Replies Database::run(const Step& step) {
  exec("BEGIN");
  Replies replies;
  for (const Asked& asked : step) {
    ensure(asked.verb == Verb::kSql);
    replies.push_back(runOne(asked));
    if (!replies.back().failed) continue;
    exec("ROLLBACK");
    return Replies(step.size(), replies.back());
  }
  exec("COMMIT");
  return replies;
}

Replied Database::runOne(const Asked& asked) {
  const auto refuse = [&] {
    return failed(std::string("Error: ") + sqlite3_errmsg(database_.get()) + ": SQLITE_ERROR");
  };
  sqlite3_stmt* prepared = nullptr;
  if (sqlite3_prepare_v2(database_.get(), asked.key.data(), static_cast<int>(asked.key.size()),
                         &prepared, nullptr) != SQLITE_OK) {
    return refuse();
  }
  const std::unique_ptr<sqlite3_stmt, int (*)(sqlite3_stmt*)> statement(prepared,
                                                                        &sqlite3_finalize);
  bind(prepared, asked);
  ByteWriter rows;
  for (;;) {
    const int outcome = sqlite3_step(prepared);
    if (outcome == SQLITE_DONE) return {.present = true, .value = rows.take()};
    if (outcome != SQLITE_ROW) return refuse();
    appendRow(prepared, rows);
  }
}

double Database::number(const std::string& statement) {
  const Replied reply = runOne({.verb = Verb::kSql, .key = statement});
  ensure(!reply.failed);
  ByteReader in(reply.value);
  return in.u8() == 1 ? in.f64() : -1;
}

void Database::exec(const std::string& statement) {
  ensure(sqlite3_exec(database_.get(), statement.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK);
}

std::optional<Replies> SqliteHost::perform(std::uint64_t /*operation*/, const Step& step,
                                           std::function<void(Replies)> /*later*/) {
  if (fault) {
    if (const std::optional<std::string> message = fault(step)) {
      return Replies(step.size(), failed(*message));
    }
  }
  return database.run(step);
}

}  // namespace kvista::test
