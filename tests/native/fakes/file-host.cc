#include "tests/native/fakes/file-host.h"

#include <algorithm>
#include <cmath>

namespace kvista::test {
namespace {

// As of bindings/stores/file/file-locks.ts and lease.ts.
constexpr double kMaxDelayMs = 30;
constexpr double kToTellMs = 50;
constexpr double kTouchMs = 1000;
constexpr int kTrustingAttempts = 2;
// Between a change and what is synced after it.
constexpr double kSyncMs = 0.125;

}  // namespace

struct FileHost::Run {
  std::uint64_t operation = 0;
  Step step;
  std::function<void(Replies)> later;
  std::vector<std::optional<Replied>> replies{};
  std::size_t next = 0;  // the first that was not begun in its order
};

FileHost::FileHost(Loop& loop, std::shared_ptr<SharedDirectory> shared)
    : directory(std::move(shared)), loop_(loop), boot_(directory->disk.boots()) {
  owner = std::make_shared<LockOwner>(
      LockOwner{.name = "process-" + std::to_string(++directory->processes)});
}

bool FileHost::isDead() const { return owner->isDead || directory->disk.boots() != boot_; }

void FileHost::kill() {
  owner->isDead = true;
  owner->silentSinceMs = std::min(loop_.nowMs(), owner->silentSinceMs.value_or(loop_.nowMs()));
}

void FileHost::hang(double milliseconds) {
  hangsUntilMs_ = std::max(hangsUntilMs_, loop_.nowMs() + milliseconds);
  if (!owner->silentSinceMs) owner->silentSinceMs = loop_.nowMs();
  later(0, [this] { owner->silentSinceMs.reset(); });
}

void FileHost::later(double delayMs, std::function<void()> run) {
  loop_.at(std::max(loop_.nowMs() + delayMs, hangsUntilMs_),
           [this, alive = alive_, run = std::move(run)] {
             if (!*alive || isDead()) return;
             if (loop_.nowMs() < hangsUntilMs_) return later(0, run);
             run();
           });
}

std::optional<Replies> FileHost::perform(std::uint64_t operation, const Step& step,
                                         std::function<void(Replies)> later) {
  if (isDead()) return std::nullopt;
  const auto run = std::make_shared<Run>(Run{operation, step, std::move(later)});
  run->replies.resize(step.size());
  ++sessions_[operation].busy;
  // A value that is written aside disturbs nobody.
  for (std::size_t i = 0; i < step.size(); ++i) {
    if (step[i].verb == Verb::kWrite) begin(run, i);
  }
  goOn(run);
  return std::nullopt;
}

void FileHost::goOn(const RunPointer& run) {
  bool hasFailed = false;
  for (std::size_t i = 0; i < run->step.size(); ++i) {
    if (!run->replies[i]) {
      const bool isCanceled = hasFailed || sessions_[run->operation].isOver;
      if (run->step[i].verb == Verb::kWrite || i < run->next) return;
      run->next = i + 1;
      if (!isCanceled) return begin(run, i);
      run->replies[i] = failed("Error: ECANCELED: a request before it has failed");
    }
    hasFailed = hasFailed || run->replies[i]->failed;
  }
  Replies replies;
  for (auto& reply : run->replies) replies.push_back(std::move(*reply));
  Session& session = sessions_[run->operation];
  const bool isOver = --session.busy == 0 && session.isOver;
  run->later(std::move(replies));
  if (isOver) finish(run->operation);
}

void FileHost::begin(const RunPointer& run, std::size_t index) {
  const Fate decided = fate ? fate(run->step[index]) : Fate{};
  if (decided.silent) return;
  if (run->step[index].verb == Verb::kLock && !decided.refused) {
    if (decided.delayMs == 0) return takeTurn(run, index);
    return later(decided.delayMs, [this, run, index] { takeTurn(run, index); });
  }
  const double ownMs = 0.125 * static_cast<double>(++steps_ % 5);
  later(ownMs + decided.delayMs, [this, run, index, decided] {
    const Asked& asked = run->step[index];
    std::optional<Replied> faulty = fault ? fault(asked) : std::nullopt;
    if (decided.refused) faulty = decided.refused;
    Replied reply = faulty ? std::move(*faulty) : carryOut(sessions_[run->operation], asked);
    if (decided.lost) reply = *decided.lost;
    const bool isSynced = asked.number == 1 && !faulty &&
                          (asked.verb == Verb::kRename || asked.verb == Verb::kRemove);
    later(decided.answerDelayMs + (isSynced ? kSyncMs : 0), [this, run, index, isSynced, reply] {
      if (isSynced) directory->disk.sync(run->step[index].key);
      answer(run, index, reply);
    });
  });
}

void FileHost::answer(const RunPointer& run, std::size_t index, Replied reply) {
  run->replies[index] = std::move(reply);
  goOn(run);
}

// What is under way may still need the locks.
void FileHost::ended(std::uint64_t operation) {
  if (isDead()) return;
  Session& session = sessions_[operation];
  session.isOver = true;
  if (session.busy == 0) finish(operation);
}

void FileHost::finish(std::uint64_t operation) {
  const auto at = sessions_.find(operation);
  if (at == sessions_.end()) return;
  Session session = std::move(at->second);
  sessions_.erase(at);
  while (!session.locks.empty()) release(session, std::string(session.locks.begin()->first));
}

void FileHost::takeTurn(const RunPointer& run, std::size_t index) {
  const Asked& asked = run->step[index];
  if (sessions_[run->operation].locks.contains(asked.key)) return answer(run, index, {});
  auto& queue = turns_[asked.key];
  if (loop_.nowMs() >= asked.number && !queue.empty()) return refuseLock(run, index);
  queue.emplace_back(run, index);
  if (queue.size() == 1) later(0, [this, run, index] { link(run, index, 0); });
}

void FileHost::link(const RunPointer& run, std::size_t index, int attempt) {
  const Asked asked = run->step[index];
  Session& session = sessions_[run->operation];
  FakeLocks& locks = directory->locks;
  if (std::optional<Replied> faulty = fault ? fault(asked) : std::nullopt) {
    endTurn(asked.key);
    return answer(run, index, std::move(*faulty));
  }
  if (locks.take(asked.key, owner)) {
    session.locks.emplace(asked.key, loop_.nowMs());
    return answer(run, index, {});
  }
  const double delayMs = 1 + std::min(kMaxDelayMs, std::ldexp(1, std::min(attempt, 20)));
  const bool isLast = session.isOver || loop_.nowMs() + delayMs + kToTellMs >= asked.number;
  const bool isJudged = isLast || attempt >= kTrustingAttempts;
  if (isJudged && sight_.mayBreak(*locks.ownerOf(asked.key), loop_.nowMs())) {
    locks.breakLock(asked.key);
    return link(run, index, attempt);
  }
  if (isLast) {
    endTurn(asked.key);
    return refuseLock(run, index);
  }
  later(delayMs, [this, run, index, attempt] { link(run, index, attempt + 1); });
}

void FileHost::refuseLock(const RunPointer& run, std::size_t index) {
  const std::string& name = run->step[index].key;
  const FakeLocks::Owner holder = directory->locks.ownerOf(name);
  answer(run, index,
         failed("Error: ELOCKED: the process " + (holder ? holder : owner)->name +
                " has the lock /data/.kvista/locks/" + name));
}

// The next one within the process has its turn.
void FileHost::endTurn(const std::string& name) {
  auto& queue = turns_[name];
  queue.pop_front();
  if (queue.empty()) {
    turns_.erase(name);
    return;
  }
  later(0, [this, waiting = queue.front()] {
    const auto& [run, index] = waiting;
    const std::string& lock = run->step[index].key;
    const bool isLate =
        sessions_[run->operation].isOver || loop_.nowMs() >= run->step[index].number;
    if (!isLate) return link(run, index, 0);
    endTurn(lock);
    refuseLock(run, index);
  });
}

void FileHost::release(Session& session, const std::string& name) {
  if (session.locks.erase(name) == 0) return;
  directory->locks.give(name, owner);
  endTurn(name);
}

// Within a touch's time of taking it nobody can have waited for a lease to end.
std::optional<Replied> FileHost::brokenLock(const Session& session) const {
  for (const auto& [name, sinceMs] : session.locks) {
    if (loop_.nowMs() - sinceMs < kTouchMs || directory->locks.has(name, owner)) continue;
    return failed("Error: ELEASE: the lock /data/.kvista/locks/" + name + " was broken");
  }
  return std::nullopt;
}

}  // namespace kvista::test
