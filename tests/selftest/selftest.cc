// A module of its own that runs the core's Task where only WebAssembly can show what happens:
// whether the stack stays flat, and what a frame that cannot be allocated or a stack that overflows
// looks like from outside.
#include <cstdint>
#include <cstdlib>
#include <new>

#include "wasm/core/task.h"

namespace {

using kvista::Code;
using kvista::Result;
using kvista::Task;

std::uint32_t allocations = 0;
// How many frames may still be allocated.
std::uint32_t allowed = UINT32_MAX;
// Read where the compiler must not know the answer.
volatile std::uint32_t one = 1;

Task<std::uint32_t> child(std::uint32_t number) { co_return number* one; }

// Awaits `count` children, none of which suspends.
Task<std::uint32_t> awaitMany(std::uint32_t count) {
  std::uint32_t sum = 0;
  for (std::uint32_t i = 0; i < count; ++i) {
    Result<std::uint32_t> number = co_await child(i & 1);
    if (!number) co_return std::unexpected(std::move(number.error()));
    sum += *number;
  }
  co_return sum;
}

// A chain of `depth` tasks, each awaiting the next: all of their frames are alive at its end.
Task<std::uint32_t> awaitDeep(std::uint32_t depth) {
  if (depth == 0) co_return 0;
  Result<std::uint32_t> below = co_await awaitDeep(depth - 1);
  if (!below) co_return std::unexpected(std::move(below.error()));
  co_return *below + one;
}

// The result, or the negated code of the failure.
double run(Task<std::uint32_t> task) {
  task.start();
  if (!task.done()) return -1000;
  Result<std::uint32_t> result = task.takeResult();
  return result ? static_cast<double>(*result) : -static_cast<double>(result.error().code);
}

// Needs nothing of the linear memory: only the engine's own stack can overflow.
[[gnu::noinline, clang::disable_tail_calls]] std::uint32_t callDeep(std::uint32_t depth) {
  if (depth == 0) return one;
  return callDeep(depth - 1) * one + one;
}

// Needs room on the stack in linear memory.
[[gnu::noinline, clang::disable_tail_calls]] std::uint32_t fillStack(std::uint32_t depth) {
  volatile char room[1024];
  for (volatile char& byte : room) byte = static_cast<char>(depth);
  if (depth == 0) return one;
  return fillStack(depth - 1) + static_cast<std::uint32_t>(room[depth % sizeof room]);
}

}  // namespace

// Frames alone are allocated with it.
void* operator new(std::size_t bytes, const std::nothrow_t& /*tag*/) noexcept {
  if (allowed == 0) return nullptr;
  --allowed;
  ++allocations;
  return std::malloc(bytes);
}

#define SELFTEST_EXPORT(name) extern "C" __attribute__((export_name(#name)))

SELFTEST_EXPORT(await_many) double await_many(std::uint32_t count) { return run(awaitMany(count)); }
SELFTEST_EXPORT(await_deep) double await_deep(std::uint32_t depth) { return run(awaitDeep(depth)); }
SELFTEST_EXPORT(call_deep) std::uint32_t call_deep(std::uint32_t depth) { return callDeep(depth); }
SELFTEST_EXPORT(fill_stack) std::uint32_t fill_stack(std::uint32_t depth) {
  return fillStack(depth);
}
SELFTEST_EXPORT(allow_frames) void allow_frames(std::uint32_t count) { allowed = count; }
SELFTEST_EXPORT(frames_allocated) std::uint32_t frames_allocated() { return allocations; }
SELFTEST_EXPORT(frames_alive) std::uint32_t frames_alive() {
  return static_cast<std::uint32_t>(kvista::liveFrames());
}
