// Task<T>: a lazy coroutine whose result is a Result<T>. It is not a thread and not a future.
// Nothing runs until it is awaited, and it runs on the stack of whoever resumes it.
//
// A task starts when it is awaited, and the awaiting coroutine continues when it ends. Both happen
// by symmetric transfer. In WebAssembly that needs -mtail-call: without it, a long chain of tasks
// that never suspend overflows the stack.
//
// Destroying a task destroys its frame and, through it, every task that it awaits. This is how an
// operation is cancelled.
//
// A frame is one heap allocation. If it fails, the task holds no frame, and awaiting the task
// results in OUT_OF_MEMORY. No allocation in this file traps.
//
// Parameters of a coroutine are values, because the frame outlives the call. The one exception is
// the Operation that the coroutine serves, which outlives all its frames.
#pragma once

#include <coroutine>
#include <cstddef>
#include <cstdlib>
#include <new>
#include <optional>
#include <utility>

#include "wasm/core/error.h"

namespace kvista {

// Returns how many coroutine frames are alive in this instance. It is 0 when no operation is in
// flight.
[[nodiscard]] std::size_t liveFrames();

namespace detail {
[[nodiscard]] void* allocateFrame(std::size_t bytes) noexcept;
void freeFrame(void* frame, std::size_t bytes) noexcept;
[[nodiscard]] Error frameAllocationFailed();
}  // namespace detail

template <typename T>
class [[nodiscard]] Task {
 public:
  struct promise_type;
  using Handle = std::coroutine_handle<promise_type>;

  struct promise_type {
    static void* operator new(std::size_t bytes, const std::nothrow_t&) noexcept {
      return detail::allocateFrame(bytes);
    }
    static void operator delete(void* frame, std::size_t bytes) noexcept {
      detail::freeFrame(frame, bytes);
    }
    static void* operator new(std::size_t bytes) noexcept { return detail::allocateFrame(bytes); }

    static Task get_return_object_on_allocation_failure() noexcept { return Task(Handle()); }
    Task get_return_object() noexcept { return Task(Handle::from_promise(*this)); }
    std::suspend_always initial_suspend() noexcept { return {}; }

    struct ToContinuation {
      bool await_ready() noexcept { return false; }
      std::coroutine_handle<> await_suspend(Handle done) noexcept {
        return done.promise().continuation;
      }
      void await_resume() noexcept {}
    };
    ToContinuation final_suspend() noexcept { return {}; }

    template <typename U>
    void return_value(U&& value) {
      result.emplace(std::forward<U>(value));
    }
    // The core is built without exceptions. One that reaches this comes from the host of a test.
    void unhandled_exception() noexcept { std::abort(); }

    std::coroutine_handle<> continuation = std::noop_coroutine();
    std::optional<Result<T>> result;
  };

  Task(Task&& other) noexcept : handle_(std::exchange(other.handle_, Handle())) {}
  Task& operator=(Task&& other) noexcept {
    if (this != &other) {
      if (handle_) handle_.destroy();
      handle_ = std::exchange(other.handle_, Handle());
    }
    return *this;
  }
  Task(const Task&) = delete;
  Task& operator=(const Task&) = delete;
  ~Task() {
    if (handle_) handle_.destroy();
  }

  struct Awaiter {
    Handle handle;
    bool await_ready() noexcept { return false; }
    std::coroutine_handle<> await_suspend(std::coroutine_handle<> awaiting) noexcept {
      if (!handle) return awaiting;
      handle.promise().continuation = awaiting;
      return handle;
    }
    Result<T> await_resume() {
      if (!handle) return std::unexpected(detail::frameAllocationFailed());
      return std::move(*handle.promise().result);
    }
  };
  Awaiter operator co_await() && noexcept { return Awaiter{handle_}; }

  // For the owner of a root task, which nobody awaits. `start` runs it until it suspends or ends.
  // `takeResult` returns its result, once, after `done()`.
  void start() {
    if (handle_) handle_.resume();
  }
  [[nodiscard]] bool done() const { return !handle_ || handle_.done(); }
  [[nodiscard]] Result<T> takeResult() {
    if (!handle_) return std::unexpected(detail::frameAllocationFailed());
    return std::move(*handle_.promise().result);
  }

 private:
  explicit Task(Handle handle) noexcept : handle_(handle) {}
  Handle handle_;
};

}  // namespace kvista
