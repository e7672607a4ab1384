#include "wasm/core/task.h"

namespace kvista {
namespace {
// The one piece of static state in the core: a plain counter, which a test reads to prove that
// nothing leaks.
constinit std::size_t frames = 0;
}  // namespace

std::size_t liveFrames() { return frames; }

namespace detail {

void* allocateFrame(std::size_t bytes) noexcept {
  void* frame = ::operator new(bytes, std::nothrow);
  if (frame != nullptr) ++frames;
  return frame;
}

void freeFrame(void* frame, std::size_t /*bytes*/) noexcept {
  if (frame == nullptr) return;
  --frames;
  ::operator delete(frame);
}

Error frameAllocationFailed() {
  return Error{Code::kOutOfMemory, "no memory is left for the operation",
               "wait for operations in flight to end, or use fewer at once"};
}

}  // namespace detail
}  // namespace kvista
