// Operation: one call in flight. It owns the bytes of its request, the coroutine that serves it,
// and what that coroutine waits for. A driver (bindings/boundary/abi.cc, or a test) performs
// `pending()` and resumes it with the replies; the operation itself performs nothing.
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
  // `request` was decoded from `bytes`. The budget outlives the operation.
  Operation(Block bytes, const Request& request, Budget& budget)
      : bytes_(std::move(bytes)), request_(request), budget_(budget), nowMs_(request.nowMs) {
    random_ = request.seed | 1;
  }
  [[gnu::noinline]] ~Operation();
  Operation(const Operation&) = delete;
  Operation& operator=(const Operation&) = delete;

  // ---- for the coroutine that serves the operation ----

  [[nodiscard]] const Request& request() const { return request_; }
  [[nodiscard]] Budget& budget() { return budget_; }
  // Unix milliseconds as of the last start or resume: the core reads no clock.
  [[nodiscard]] double nowMs() const { return nowMs_; }
  [[nodiscard]] std::int64_t nowSeconds() const { return wholeOf(nowMs_ / 1000); }
  [[nodiscard]] double deadlineMs() const { return request_.deadlineMs; }
  // In [0, 1), from the seed that came with the call (splitmix64).
  [[nodiscard]] double random();

  // Suspends until the host has performed all of `requests`, which it may do at the same time, and
  // gives their replies in the same order. `requests` lives in the awaiting frame.
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
  [[nodiscard]] Performing perform(std::span<const HostRequest> requests) {
    return Performing{*this, requests};
  }
  [[nodiscard]] Performing perform(const HostRequest& request) {
    return Performing{*this, std::span(&request, 1)};
  }

  // Whether a write was handed to the host whose fate is not known: what an operation that is given
  // up answers depends on it.
  void setWriteInDoubt(bool inDoubt) { writeInDoubt_ = inDoubt; }

  // ---- for the driver ----

  void begin(Task<Answer> root) {
    root_.emplace(std::move(root));
    root_->start();
  }
  [[nodiscard]] bool done() const { return root_->done(); }
  // Once, after `done()`. Views in the answer live as long as the operation.
  [[nodiscard]] Result<Answer> takeAnswer() {
    Result<Answer> answer = root_->takeResult();
    root_.reset();
    return answer;
  }
  [[nodiscard]] std::span<const HostRequest> pending() const { return pending_; }
  // As many replies as `pending()` has requests; their views lie in `bytes`.
  void resume(Block bytes, std::vector<HostReply> replies, double nowMs);
  // All of `pending()` was carried out, in no time, and there is nothing to tell of it.
  void resumeDone();
  // What the caller is told when the operation is given up now: `code`, unless a write is under
  // way. Destroys the coroutine.
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
