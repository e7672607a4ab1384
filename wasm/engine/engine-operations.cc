// The operations in flight: how they begin, go on and end.
#include <utility>

#include "wasm/contract/limits.h"
#include "wasm/contract/listing.h"
#include "wasm/core/joined.h"
#include "wasm/engine/engine.h"
#include "wasm/store/store.h"

namespace kvista {
namespace {

constexpr std::size_t kMaxOperations = 65'536;
// Counted for each operation in flight beside its bytes: its frames, and what they hold.
constexpr std::size_t kOperationBytes = 2048;
// And for each item of a batch: its decoded form, its place in line, its outcome.
constexpr std::size_t kItemBytes = 512;
// The least time between two looks for operations to reap.
constexpr double kReapEveryMs = 1000;

}  // namespace

const Engine::CallResult& Engine::launch(std::optional<Block> block, std::string_view bytes,
                                         Request request, const std::shared_ptr<Store>& store) {
  if (!block) {
    block = Block::copyOf(budget_, bytes);
    if (!block) return refuse(tooMuchAtOnce(bytes.size(), budget_));
    const auto expiresAt = request.expiresAt;
    request = *decodeRequest(block->view());
    request.expiresAt = expiresAt;
  }
  Reservation reservation;
  if (slots_.size() - freeSlots_.size() >= kMaxOperations ||
      !reservation.grow(budget_, kOperationBytes + request.itemCount * kItemBytes)) {
    return refuse(fail(Code::kRateLimited, joined({inFlight_, " operations are in flight"}),
                       "try again when some of them have ended, or use fewer at once"));
  }
  std::uint32_t index = 0;
  if (freeSlots_.empty()) {
    index = static_cast<std::uint32_t>(slots_.size());
    slots_.emplace_back();
  } else {
    index = freeSlots_.back();
    freeSlots_.pop_back();
  }
  Slot& slot = slots_[index];
  slot.reservation = std::move(reservation);
  slot.store = store;
  slot.operation = std::make_unique<Operation>(std::move(*block), request, budget_);
  ++inFlight_;
  slot.operation->begin(slot.store->perform(*slot.operation));
  return showProgress(index);
}

const Engine::CallResult& Engine::resume(std::uint32_t slot, std::uint32_t sequence,
                                         std::vector<HostReply> replies, double nowMs) {
  forget();
  std::optional<Block> block = std::exchange(reserved_, std::nullopt);
  Slot* found = find(slot, sequence);
  if (found == nullptr || replies.size() != found->operation->pending().size()) return result_;
  found->operation->resume(block ? std::move(*block) : Block(), std::move(replies), nowMs);
  showProgress(slot);
  // Operations that only ever resume must not keep alive what a dead one holds.
  if (nowMs >= nextReapMs_) reap(nowMs, slot);
  return result_;
}

const Engine::CallResult& Engine::resumeDone(std::uint32_t slot, std::uint32_t sequence) {
  forget();
  dropReserved();
  Slot* found = find(slot, sequence);
  if (found == nullptr) return result_;
  found->operation->resumeDone();
  return showProgress(slot);
}

const Engine::CallResult& Engine::giveUp(std::uint32_t slot, std::uint32_t sequence, Code code,
                                         std::string_view reason, std::string_view hint) {
  forget();
  dropReserved();
  Slot* found = find(slot, sequence);
  if (found == nullptr) return result_;
  result_.op = found->operation->request().op;
  Error error = found->operation->giveUp(code, reason, hint);
  free(slot);
  return refuse(std::unexpected(std::move(error)));
}

std::optional<std::size_t> Engine::pendingCount(std::uint32_t slot, std::uint32_t sequence) const {
  if (slot >= slots_.size() || slots_[slot].sequence != sequence || !slots_[slot].operation) {
    return std::nullopt;
  }
  return slots_[slot].operation->pending().size();
}

Engine::Slot* Engine::find(std::uint32_t slot, std::uint32_t sequence) {
  if (!pendingCount(slot, sequence)) return nullptr;
  return &slots_[slot];
}

const Engine::CallResult& Engine::showProgress(std::uint32_t index) {
  Slot& slot = slots_[index];
  ++slot.sequence;
  result_.op = slot.operation->request().op;
  if (!slot.operation->done()) {
    result_.kind = Kind::kSuspended;
    result_.slot = index;
    result_.sequence = slot.sequence;
    result_.requests = slot.operation->pending();
    result_.ownKey = slot.operation->request().fullKey;
    result_.ownValue = slot.operation->request().value;
    return result_;
  }
  Result<Answer> answer = slot.operation->takeAnswer();
  // The answer's views lie in the operation's bytes: it goes at the next call.
  finished_ = std::move(slot.operation);
  free(index);
  return answerTo(finished_->request(), std::move(answer));
}

void Engine::free(std::uint32_t index) {
  Slot& slot = slots_[index];
  ++slot.sequence;
  slot.operation.reset();
  slot.store.reset();
  slot.reservation.release();
  freeSlots_.push_back(index);
  --inFlight_;
}

void Engine::reap(double nowMs, std::size_t except) {
  nextReapMs_ = nowMs + kReapEveryMs;
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    const Operation* operation = slots_[i].operation.get();
    if (i != except && operation != nullptr &&
        nowMs > operation->deadlineMs() + kReapAfterDeadlineMs) {
      free(static_cast<std::uint32_t>(i));
    }
  }
}

}  // namespace kvista
