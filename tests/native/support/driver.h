// Driver: runs the operations of an Engine to completion over a Host, in virtual time. It is the
// native twin of the shim's drive loop, and stricter: the bytes of a small request or reply are
// gone as soon as the engine's call returns, so that a sanitizer sees whoever keeps a view of them.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tests/native/support/call.h"
#include "tests/native/support/loop.h"

namespace kvista::test {

// A host's request and reply, as copies.
struct Asked {
  Verb verb = Verb::kRead;
  std::string key{};
  std::string value{};
  std::string meta{};
  double number = 0;
};
struct Replied {
  bool failed = false;
  bool present = false;
  std::uint32_t failureFlags = 0;
  double number = 0;
  std::string value{};
  std::string meta{};
  std::string extra{};
};
using Step = std::vector<Asked>;
using Replies = std::vector<Replied>;

// Takes a step's replies as they come, each by the index of its request, and hands them on when all
// are there.
[[nodiscard]] std::function<void(std::size_t, Replied)> gather(std::size_t count,
                                                               std::function<void(Replies)> later);

[[nodiscard]] Replied failed(std::string message, std::uint32_t flags = 0);

class Host {
 public:
  virtual ~Host() = default;
  // The replies, one for each request, if they can be had at once; otherwise `later` is called
  // once, or never. `operation` names who asks.
  [[nodiscard]] virtual std::optional<Replies> perform(std::uint64_t operation, const Step& step,
                                                       std::function<void(Replies)> later) = 0;
  // That operation has ended, however it did.
  virtual void ended(std::uint64_t /*operation*/) {}
};

// A host whose replies are computed by a function, at once.
class FunctionHost final : public Host {
 public:
  explicit FunctionHost(std::function<Replied(const Asked&)> answer) : answer_(std::move(answer)) {}
  std::optional<Replies> perform(std::uint64_t operation, const Step& step,
                                 std::function<void(Replies)> later) override;

 private:
  std::function<Replied(const Asked&)> answer_;
};

class Driver {
 public:
  Driver(Loop& loop, Host& host, std::string_view config, std::size_t limitBytes = 256U << 20);
  Driver(const Driver&) = delete;
  Driver& operator=(const Driver&) = delete;
  ~Driver();

  // Starts an operation; it goes on as the loop runs.
  std::shared_ptr<const Told> start(const Call& call);
  // The same for bytes that are a request already, as they come by RPC.
  std::shared_ptr<const Told> startBytes(std::string bytes);
  // Starts an operation and runs the loop until it has ended.
  Told run(const Call& call);

  // Called with each step before the host is asked, sleeps included.
  std::function<void(const Step&)> onStep{};

  [[nodiscard]] Engine& engine() { return engine_; }
  [[nodiscard]] std::uint32_t handle() const { return handle_; }
  [[nodiscard]] Loop& loop() { return loop_; }

 private:
  struct Flight;
  void drive(const std::shared_ptr<Flight>& flight);
  [[nodiscard]] bool resume(const std::shared_ptr<Flight>& flight, const Replies& replies);
  void giveUp(const std::shared_ptr<Flight>& flight, const Error& why);
  void finish(const std::shared_ptr<Flight>& flight, Told told);

  Loop& loop_;
  Host& host_;
  Engine engine_;
  std::uint32_t handle_;
  std::uint64_t flights_ = 0;
  // Events of the loop outlive the driver and look here first.
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace kvista::test
