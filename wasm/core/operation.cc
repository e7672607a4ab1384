#include "wasm/core/operation.h"

#include "wasm/core/joined.h"

namespace kvista {

Operation::~Operation() = default;

double Operation::random() {
  // splitmix64 (Steele, Lea, Flood 2014): enough for jitter.
  random_ += 0x9e3779b97f4a7c15ULL;
  std::uint64_t z = random_;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
  z ^= z >> 31;
  return static_cast<double>(z >> 11) * 0x1.0p-53;
}

namespace {
// For the one request that most steps are.
constexpr HostReply kCarriedOut;
}  // namespace

void Operation::resume(Block bytes, std::vector<HostReply> replies, double nowMs) {
  replyBytes_ = std::move(bytes);
  replies_ = std::move(replies);
  replied_ = replies_;
  nowMs_ = nowMs;
  goOn();
}

void Operation::resumeDone() {
  if (pending_.size() == 1) {
    replied_ = std::span(&kCarriedOut, 1);
  } else {
    replies_.assign(pending_.size(), kCarriedOut);
    replied_ = replies_;
  }
  goOn();
}

void Operation::goOn() {
  pending_ = {};
  std::exchange(awaiting_, std::coroutine_handle<>()).resume();
}

Error Operation::giveUp(Code code, std::string_view reason, std::string_view hint) {
  const bool inDoubt = writeInDoubt_;
  root_.reset();
  if (inDoubt) {
    return Error{Code::kOutcomeUnknown,
                 joined({reason, " while a write was under way; it may or may not be carried out"}),
                 "read the key to see which value it has, then decide"};
  }
  return Error{code, reason, hint};
}

}  // namespace kvista
