// Loop: virtual time. Everything that a test's fakes do later is an event here; nothing sleeps, and
// no wall clock is read.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <map>
#include <utility>

namespace kvista::test {

class Loop {
 public:
  // An event's name, to cancel it by.
  using Id = std::pair<double, std::uint64_t>;

  [[nodiscard]] double nowMs() const { return nowMs_; }
  Id at(double whenMs, std::function<void()> run) {
    const Id id{std::max(whenMs, nowMs_), ++issued_};
    events_.emplace(id, std::move(run));
    return id;
  }
  Id after(double delayMs, std::function<void()> run) {
    return at(nowMs_ + delayMs, std::move(run));
  }
  void cancel(const Id& id) { events_.erase(id); }

  // Runs the next event, at its time; false if there is none.
  bool runOne() {
    if (events_.empty()) return false;
    auto event = events_.extract(events_.begin());
    nowMs_ = event.key().first;
    event.mapped()();
    return true;
  }
  // Runs events until the condition holds; false if they ran out before.
  bool runUntil(const std::function<bool()>& holds) {
    while (!holds()) {
      if (!runOne()) return false;
    }
    return true;
  }
  // Runs what is due up to that time, and leaves the clock there.
  void runTo(double whenMs) {
    while (!events_.empty() && events_.begin()->first.first <= whenMs) runOne();
    nowMs_ = std::max(nowMs_, whenMs);
  }
  void advance(double milliseconds) { runTo(nowMs_ + milliseconds); }
  [[nodiscard]] std::size_t pendingEvents() const { return events_.size(); }

 private:
  double nowMs_ = 1'800'000'000'250;
  std::uint64_t issued_ = 0;
  std::map<Id, std::function<void()>> events_;
};

}  // namespace kvista::test
