// SQL for a store, on a real SQLite database in memory. As in a Durable Object, numbers are bound
// as doubles, a step of several statements is one transaction, and the answer is there at once.
#pragma once

#include <memory>

#include <sqlite3.h>

#include "tests/native/support/driver.h"

namespace kvista::test {

class Database {
 public:
  Database();
  // A failed statement undoes the whole step, and every reply of it says so.
  [[nodiscard]] Replies run(const Step& step);
  // The first cell of the first row, or -1.
  [[nodiscard]] double number(const std::string& statement);
  void exec(const std::string& statement);

 private:
  struct Close {
    void operator()(sqlite3* database) const { sqlite3_close(database); }
  };
  [[nodiscard]] Replied runOne(const Asked& asked);
  std::unique_ptr<sqlite3, Close> database_;
};

class SqliteHost final : public Host {
 public:
  std::optional<Replies> perform(std::uint64_t operation, const Step& step,
                                 std::function<void(Replies)> later) override;
  // If set, asked before each step: a message fails it without running it.
  std::function<std::optional<std::string>(const Step&)> fault{};
  Database database{};
};

}  // namespace kvista::test
