// One running object or shard: its Engine, its lock, and its storage's verbs.
#pragma once

#include "tests/native/fakes/fake-objects.h"

namespace kvista::test {

class ObjectNode final : public Host {
 public:
  ObjectNode(FakeObjects& objects, Loop& loop, bool isCatalog, std::string name);

  // Serves a request and answers it, then does what the answer asks to do afterwards.
  void serve(std::string bytes, std::function<void(Replied)> done);
  // Runs the alarm; whether it succeeded.
  void alarm(std::function<void(bool)> done);
  // From now on nothing happens here; those who wait get an error.
  void die();
  [[nodiscard]] std::size_t operationsInFlight() { return driver_.engine().operationsInFlight(); }

  std::optional<Replies> perform(std::uint64_t operation, const Step& step,
                                 std::function<void(Replies)> later) override;
  void ended(std::uint64_t operation) override;

 private:
  struct Waiting {
    std::uint64_t operation;
    std::function<void(Replies)> granted;
    Loop::Id timeout;
  };
  struct Serving {
    std::shared_ptr<const Told> told;
    std::function<void(const Told&)> done;
  };
  [[nodiscard]] std::optional<Replies> lock(std::uint64_t operation, double untilMs,
                                            std::function<void(Replies)> later);
  [[nodiscard]] Replies useStorage(const Step& step);
  void send(const Step& step, std::function<void(Replies)> later);
  void start(std::string bytes, std::function<void(const Told&)> done);
  void collect();
  void settleLater();

  FakeObjects& objects_;
  Loop& loop_;
  bool isCatalog_;
  std::string name_;
  bool dead_ = false;
  std::uint64_t lockedBy_ = 0;
  std::deque<Waiting> waiting_;
  std::vector<Serving> serving_;
  Driver driver_;
};

}  // namespace kvista::test
