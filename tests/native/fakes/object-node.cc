#include "tests/native/fakes/object-node.h"

#include "tests/native/support/check.h"

namespace kvista::test {
namespace {

constexpr const char* kConfigs[] = {R"({"kind":"object"})", R"({"kind":"catalog"})"};

constexpr const char* kReset = "Error: Durable Object reset because it was aborted.";

}  // namespace

ObjectNode::ObjectNode(FakeObjects& objects, Loop& loop, bool isCatalog, std::string name)
    : objects_(objects),
      loop_(loop),
      isCatalog_(isCatalog),
      name_(std::move(name)),
      driver_(loop, *this, kConfigs[isCatalog ? 1 : 0]) {}

void ObjectNode::serve(std::string bytes, std::function<void(Replied)> done) {
  start(std::move(bytes), [this, done = std::move(done)](const Told& told) {
    // Without a head it is no answer: this object was aborted.
    if (told.head.empty()) return done(failed(kReset, objects_.abortFlags));
    if (told.followUp) settleLater();
    done({.present = true, .value = told.value, .meta = told.head});
  });
}

void ObjectNode::alarm(std::function<void(bool)> done) {
  Call call{.op = Op::kObjectAlarm, .deadlineMs = 30'000};
  start(encodeCall(call, 0, loop_.nowMs()),
        [done = std::move(done)](const Told& told) { done(told.ok()); });
}

void ObjectNode::settleLater() {
  loop_.after(1, [this] {
    if (dead_) return;
    Call call{.op = Op::kObjectSettle};
    start(encodeCall(call, 0, loop_.nowMs()), [](const Told&) {});
  });
}

void ObjectNode::start(std::string bytes, std::function<void(const Told&)> done) {
  const std::shared_ptr<const Told> told = driver_.startBytes(std::move(bytes));
  serving_.push_back({told, std::move(done)});
  if (dead_) return die();  // aborted within its first turn
  collect();
}

// Passes on the answers that have come.
void ObjectNode::collect() {
  for (std::size_t i = 0; i < serving_.size() && !dead_;) {
    if (!serving_[i].told->done) {
      ++i;
      continue;
    }
    const Serving one = std::move(serving_[i]);
    serving_.erase(serving_.begin() + static_cast<std::ptrdiff_t>(i));
    one.done(*one.told);
  }
}

void ObjectNode::die() {
  dead_ = true;
  for (const Waiting& one : waiting_) loop_.cancel(one.timeout);
  waiting_.clear();
  Told broken{.done = true};
  broken.error = Error{};
  for (Serving& one : std::exchange(serving_, {})) {
    // Told by the network as a rejection, not as an answer.
    loop_.after(0, [done = std::move(one.done), broken] { done(broken); });
  }
}

std::optional<Replies> ObjectNode::perform(std::uint64_t operation, const Step& step,
                                           std::function<void(Replies)> later) {
  if (dead_) return std::nullopt;
  if (objects_.onStep) objects_.onStep(isCatalog_ ? name_ : "object " + name_, step);
  const auto crashes = [&](bool after) {
    if (!objects_.crash || !objects_.crash(isCatalog_, name_, step, after)) return false;
    objects_.abort(isCatalog_, name_);
    return true;
  };
  if (crashes(false)) return std::nullopt;
  if (step.front().verb == Verb::kLock)
    return lock(operation, step.front().number, std::move(later));
  if (step.front().verb == Verb::kCall) {
    send(step, std::move(later));
    return crashes(true) ? std::nullopt : std::optional<Replies>();
  }
  Replies replies = useStorage(step);
  if (crashes(true)) return std::nullopt;
  return replies;
}

std::optional<Replies> ObjectNode::lock(std::uint64_t operation, double untilMs,
                                        std::function<void(Replies)> later) {
  if (lockedBy_ == 0) {
    lockedBy_ = operation;
    return Replies(1);
  }
  const Loop::Id timeout = loop_.at(untilMs, [this, operation] {
    for (auto at = waiting_.begin(); at != waiting_.end(); ++at) {
      if (at->operation != operation) continue;
      const auto granted = std::move(at->granted);
      waiting_.erase(at);
      granted({failed("Error: the lock was not free in time")});
      return;
    }
  });
  waiting_.push_back({operation, std::move(later), timeout});
  return std::nullopt;
}

void ObjectNode::ended(std::uint64_t operation) {
  if (dead_) return;
  std::erase_if(waiting_, [&](const Waiting& one) {
    if (one.operation == operation) loop_.cancel(one.timeout);
    return one.operation == operation;
  });
  // Never from within the engine: the next in line, and the answers, have turns of their own.
  loop_.after(0, [this] {
    if (!dead_) collect();
  });
  if (lockedBy_ != operation) return;
  lockedBy_ = 0;
  if (waiting_.empty()) return;
  Waiting next = std::move(waiting_.front());
  waiting_.pop_front();
  loop_.cancel(next.timeout);
  lockedBy_ = next.operation;
  loop_.after(0, [this, granted = std::move(next.granted)] {
    if (!dead_) granted(Replies(1));
  });
}

Replies ObjectNode::useStorage(const Step& step) {
  if (objects_.storageFault) {
    if (const auto message = objects_.storageFault(isCatalog_, name_, step)) {
      return Replies(step.size(), failed(*message));
    }
  }
  if (isCatalog_) return objects_.catalog(name_).run(step);
  Cells& storage = objects_.cellsOf(name_);
  Replies replies;
  for (const Asked& one : step) {
    Replied& reply = replies.emplace_back();
    if (one.verb == Verb::kRead) {
      const auto cell = storage.cells.find(one.key);
      reply.present = cell != storage.cells.end();
      if (reply.present) reply.value = cell->second;
      if (const auto meta = storage.metas.find(one.key); meta != storage.metas.end()) {
        reply.meta = meta->second;
      }
    } else if (one.verb == Verb::kWrite) {
      ensure(one.key.size() + one.value.size() <= 2'000'000);
      storage.cells[one.key] = one.value;
      storage.metas[one.key] = one.meta;
    } else if (one.verb == Verb::kRemove) {
      storage.cells.erase(one.key);
      storage.metas.erase(one.key);
    } else if (one.verb == Verb::kSetAlarm) {
      ensure(one.number > 0);
      ensure(one.number < 1e18);
      storage.alarmMs = one.number;
      objects_.scheduleAlarm(name_);
    } else if (one.verb == Verb::kEmpty) {
      storage = Cells{};
    } else {
      ensure(false,
             "an object's storage cannot do verb " + std::to_string(static_cast<int>(one.verb)));
    }
  }
  return replies;
}

void ObjectNode::send(const Step& step, std::function<void(Replies)> later) {
  const auto done = gather(step.size(), [this, later = std::move(later)](Replies replies) {
    if (!dead_) later(std::move(replies));
  });
  for (std::size_t i = 0; i < step.size(); ++i) {
    ensure(step[i].verb == Verb::kCall);
    objects_.call(step[i].number == 1, step[i].key, step[i].meta, step[i].value,
                  [done, i](Replied reply) { done(i, std::move(reply)); });
  }
}

}  // namespace kvista::test
