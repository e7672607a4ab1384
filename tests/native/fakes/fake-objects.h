// Durable Objects in memory: an object for each key and the shards of the catalog, each an Engine
// of its own as a class of the Worker has one, and the network between them. Storage outlives an
// object that is aborted; everything else of it is gone, and whoever waited for it gets an error.
#pragma once

#include <deque>
#include <map>
#include <set>

#include "tests/native/fakes/kv-host.h"
#include "tests/native/fakes/sqlite-host.h"

namespace kvista::test {

class FakeObjects;

// One call from somebody to an object or a shard, as the network sees it.
struct Passing {
  bool toCatalog = false;
  std::string name;
  Op op = Op::kGet;
  std::size_t index = 0;  // how many calls there were before it
};

// What storage an object has. `key` is the object's name.
struct Cells {
  std::map<std::string, std::string> cells;
  std::map<std::string, std::string> metas;  // of the same cells
  std::optional<double> alarmMs;
};

class ObjectNode;

class FakeObjects {
 public:
  explicit FakeObjects(Loop& loop);
  ~FakeObjects();

  // The host of a store in a Worker.
  [[nodiscard]] Host& worker();
  // Sends a request to an object or a shard, which is made if it does not run.
  void call(bool toCatalog, const std::string& name, std::string head, std::string value,
            std::function<void(Replied)> done);

  // Ends an object as `ctx.abort()` does; its storage stays.
  void abort(bool isCatalog, const std::string& name);
  void abortAll();
  // What the error of a call to an object that is aborted says of itself.
  std::uint32_t abortFlags = failure::kRetryable;

  // If set, decides on each call.
  std::function<Fate(const Passing&)> fate{};
  // If set, asked before (`after` false) and after each step of each object: true aborts it there.
  std::function<bool(bool isCatalog, const std::string& name, const Step&, bool after)> crash{};
  // If set, asked before each step of storage: a message fails it without carrying it out.
  std::function<std::optional<std::string>(bool isCatalog, const std::string& name, const Step&)>
      storageFault{};
  // Every step of every object and shard, in order, with "object NAME" or "catalog:N" before it.
  std::function<void(const std::string& who, const Step&)> onStep{};
  // Every call that was passed on.
  std::vector<Passing> calls{};

  [[nodiscard]] Cells& cellsOf(const std::string& key) { return cells_[key]; }
  [[nodiscard]] Database& catalog(const std::string& name);
  // How many objects hold any cell or an alarm.
  [[nodiscard]] std::size_t objectsWithStorage() const;
  // The sum of the rows of all shards.
  [[nodiscard]] std::size_t catalogRows();
  [[nodiscard]] std::size_t liveNodes() const { return nodes_.size(); }
  // Of all objects and shards that run.
  [[nodiscard]] std::size_t operationsInFlight() const;
  // How many alarms went off.
  std::size_t alarms = 0;

 private:
  friend class ObjectNode;
  using Name = std::pair<bool, std::string>;

  [[nodiscard]] ObjectNode& node(const Name& name);
  void scheduleAlarm(const std::string& key);
  void fireAlarm(const std::string& key, double atMs, int attempt);

  class WorkerHost;
  Loop& loop_;
  std::unique_ptr<WorkerHost> worker_;
  std::map<std::string, Cells> cells_;
  std::map<std::string, std::unique_ptr<Database>> catalogs_;
  std::map<Name, std::unique_ptr<ObjectNode>> nodes_;
  std::vector<std::unique_ptr<ObjectNode>> graveyard_;  // aborted while on the stack
};

}  // namespace kvista::test
