#include "tests/native/fakes/fake-objects.h"

#include "tests/native/fakes/object-node.h"
#include "tests/native/support/check.h"

namespace kvista::test {
namespace {

// An alarm whose handler throws is tried again after 2 s and twice as long each time, six times.
constexpr int kAlarmAttempts = 6;
constexpr double kAlarmRetryMs = 2000;

}  // namespace

class FakeObjects::WorkerHost final : public Host {
 public:
  explicit WorkerHost(FakeObjects& objects) : objects_(objects) {}
  std::optional<Replies> perform(std::uint64_t /*operation*/, const Step& step,
                                 std::function<void(Replies)> later) override {
    const auto done = gather(step.size(), std::move(later));
    for (std::size_t i = 0; i < step.size(); ++i) {
      ensure(step[i].verb == Verb::kCall);
      objects_.call(step[i].number == 1, step[i].key, step[i].meta, step[i].value,
                    [done, i](Replied reply) { done(i, std::move(reply)); });
    }
    return std::nullopt;
  }

 private:
  FakeObjects& objects_;
};

FakeObjects::FakeObjects(Loop& loop) : loop_(loop), worker_(std::make_unique<WorkerHost>(*this)) {}
FakeObjects::~FakeObjects() = default;

Host& FakeObjects::worker() { return *worker_; }

Database& FakeObjects::catalog(const std::string& name) {
  std::unique_ptr<Database>& database = catalogs_[name];
  if (!database) database = std::make_unique<Database>();
  return *database;
}

ObjectNode& FakeObjects::node(const Name& name) {
  std::unique_ptr<ObjectNode>& running = nodes_[name];
  if (!running) running = std::make_unique<ObjectNode>(*this, loop_, name.first, name.second);
  return *running;
}

void FakeObjects::call(bool toCatalog, const std::string& name, std::string head, std::string value,
                       std::function<void(Replied)> done) {
  const Passing passing{toCatalog, name, static_cast<Op>(head.at(0)), calls.size()};
  calls.push_back(passing);
  const Fate decided = fate ? fate(passing) : Fate{};
  if (decided.silent) return;
  const auto answer = [this, decided, done = std::move(done)](Replied reply) {
    if (decided.lost) reply = *decided.lost;
    loop_.after(decided.answerDelayMs, [done, answered = std::move(reply)] { done(answered); });
  };
  loop_.after(decided.delayMs,
              [this, passing, decided, answer, bytes = std::move(head) + std::move(value)] {
                if (decided.refused) return answer(*decided.refused);
                node({passing.toCatalog, passing.name}).serve(bytes, answer);
              });
}

void FakeObjects::abort(bool isCatalog, const std::string& name) {
  const auto found = nodes_.find({isCatalog, name});
  if (found == nodes_.end()) return;
  found->second->die();
  graveyard_.push_back(std::move(found->second));
  nodes_.erase(found);
}

void FakeObjects::abortAll() {
  while (!nodes_.empty()) {
    const Name name = nodes_.begin()->first;
    abort(name.first, name.second);
  }
}

void FakeObjects::scheduleAlarm(const std::string& key) {
  const double atMs = *cells_[key].alarmMs;
  loop_.at(atMs, [this, key, atMs] { fireAlarm(key, atMs, 1); });
}

void FakeObjects::fireAlarm(const std::string& key, double atMs, int attempt) {
  Cells& storage = cells_[key];
  if (attempt == 1) {
    if (storage.alarmMs != atMs) return;
    storage.alarmMs.reset();
  } else if (storage.alarmMs) {
    return;  // another one was set meanwhile
  }
  ++alarms;
  node({false, key}).alarm([this, key, atMs, attempt](bool succeeded) {
    if (succeeded || attempt > kAlarmAttempts) return;
    loop_.after(kAlarmRetryMs * static_cast<double>(1 << (attempt - 1)),
                [this, key, atMs, attempt] { fireAlarm(key, atMs, attempt + 1); });
  });
}

std::size_t FakeObjects::objectsWithStorage() const {
  std::size_t count = 0;
  for (const auto& [key, storage] : cells_) {
    count += !storage.cells.empty() || storage.alarmMs ? 1 : 0;
  }
  return count;
}

std::size_t FakeObjects::operationsInFlight() const {
  std::size_t count = 0;
  for (const auto& [name, node] : nodes_) count += node->operationsInFlight();
  return count;
}

std::size_t FakeObjects::catalogRows() {
  std::size_t rows = 0;
  for (auto& [name, database] : catalogs_) {
    if (database->number("SELECT count(*) FROM sqlite_master WHERE name = 'kvista_keys'") == 0) {
      continue;
    }
    rows += static_cast<std::size_t>(database->number("SELECT count(*) FROM kvista_keys"));
  }
  return rows;
}

}  // namespace kvista::test
