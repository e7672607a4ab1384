// The host of a store over FakeKv: it turns verbs into calls of the binding, answers later, and
// injects faults.
#pragma once

#include "tests/native/fakes/fake-kv.h"
#include "tests/native/support/driver.h"

namespace kvista::test {

// What happens to one request of a host.
struct Fate {
  double delayMs = 0;
  double answerDelayMs = 0;          // between its being carried out and the reply
  std::optional<Replied> refused{};  // not carried out; this is the reply
  std::optional<Replied> lost{};     // carried out; this is the reply instead of its own
  bool silent = false;               // no reply ever
};

class KvHost final : public Host {
 public:
  explicit KvHost(Loop& loop) : kv([&loop] { return loop.nowMs(); }), loop_(loop) {}
  std::optional<Replies> perform(std::uint64_t operation, const Step& step,
                                 std::function<void(Replies)> later) override;
  // If set, decides on each request.
  std::function<Fate(const Asked&)> fate{};
  FakeKv kv;

 private:
  [[nodiscard]] Replied carryOut(const Asked& asked);
  Loop& loop_;
};

}  // namespace kvista::test
