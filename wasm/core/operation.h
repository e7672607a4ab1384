// Operation: one call in flight. It owns the bytes of its request, the coroutine that serves it,
// and the requests to the host that the coroutine waits for. The operation performs nothing itself:
// the engine passes `pending()` on to whoever drives it, and resumes it with the replies.
#pragma once

#include <coroutine>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "wasm/core/block.h"
#include "wasm/core/host.h"
#include "wasm/core/message.h"
#include "wasm/core/task.h"
#include "wasm/core/whole.h"

namespace kvista {

class Operation {
 public:
  // REQUIRES: `request` was decoded from `bytes`. The budget outlives the operation.
  Operation(Block bytes, const Request& request, Budget& budget)
      : bytes_(std::move(bytes)), request_(request), budget_(budget), nowMs_(request.nowMs) {
    random_ = request.seed | 1;
  }
  [[gnu::noinline]] ~Operation();
  Operation(const Operation&) = delete;
  Operation& operator=(const Operation&) = delete;

  // For the coroutine that serves the operation:

  [[nodiscard]] const Request& request() const { return request_; }
  [[nodiscard]] Budget& budget() { return budget_; }
  // The time in Unix milliseconds that came with the last start or resume. The core reads no clock.
  [[nodiscard]] double nowMs() const { return nowMs_; }
  [[nodiscard]] std::int64_t nowSeconds() const { return wholeOf(nowMs_ / 1000); }
  [[nodiscard]] double deadlineMs() const { return request_.deadlineMs; }
  // Returns the next random number in [0, 1). All come from the seed of the request.
  [[nodiscard]] double random();

  // What perform() returns, to be awaited. It suspends the coroutine until the host has performed
  // all of the requests, which it may do at the same time. The result is their replies in the same
  // order; they are valid until the next step. Nothing is suspended if there are no requests.
  struct Performing {
    Operation& operation;
    std::span<const HostRequest> requests;
    bool await_ready() const noexcept { return requests.empty(); }
    void await_suspend(std::coroutine_handle<> awaiting) noexcept {
      operation.awaiting_ = awaiting;
      operation.pending_ = requests;
    }
    std::span<const HostReply> await_resume() noexcept {
      return requests.empty() ? std::span<const HostReply>() : operation.replied_;
    }
  };
  // REQUIRES: the requests, and what they view, live until the coroutine goes on.
  [[nodiscard]] Performing perform(std::span<const HostRequest> requests) {
    return Performing{*this, requests};
  }
  [[nodiscard]] Performing perform(const HostRequest& request) {
    return Performing{*this, std::span(&request, 1)};
  }

  // Says whether the operation has handed a write to the host and does not know its fate. If the
  // operation is given up then, it fails with OUTCOME_UNKNOWN.
  void setWriteInDoubt(bool inDoubt) { writeInDoubt_ = inDoubt; }

  // For the engine:

  // Runs the coroutine until it suspends or ends. Once, before anything below.
  void begin(Task<Answer> root) {
    root_.emplace(std::move(root));
    root_->start();
  }
  // Whether the coroutine has ended. Otherwise `pending()` is not empty.
  [[nodiscard]] bool done() const { return root_->done(); }
  // Returns what the coroutine ended with. Views in the answer live as long as the operation.
  // REQUIRES: `done()`, and it is called once.
  [[nodiscard]] Result<Answer> takeAnswer() {
    Result<Answer> answer = root_->takeResult();
    root_.reset();
    return answer;
  }
  // The requests that the coroutine waits for.
  [[nodiscard]] std::span<const HostRequest> pending() const { return pending_; }
  // Runs the coroutine on with the replies, until it suspends or ends. REQUIRES: there is a reply
  // for each request of `pending()`, in the same order, and the replies view `bytes`.
  void resume(Block bytes, std::vector<HostReply> replies, double nowMs);
  // The same, where all of `pending()` was carried out, in no time, and no reply says anything.
  void resumeDone();
  // Destroys the coroutine and returns what the caller is told: OUTCOME_UNKNOWN if a write is in
  // doubt, otherwise an error of `code`.
  [[nodiscard]] Error giveUp(Code code, std::string_view reason, std::string_view hint);

 private:
  void goOn();

  Block bytes_;
  Request request_;
  Budget& budget_;
  double nowMs_;
  std::uint64_t random_;
  bool writeInDoubt_ = false;
  Block replyBytes_;
  std::vector<HostReply> replies_;
  std::span<const HostReply> replied_;
  std::span<const HostRequest> pending_;
  std::coroutine_handle<> awaiting_;
  std::optional<Task<Answer>> root_;
};

}  // namespace kvista
