#include "wasm/stores/cloudflare-kv/write-lanes.h"

#include <algorithm>
#include <utility>

#include "wasm/contract/limits.h"

namespace kvista {
namespace {

// How often a write looks whether the one before it has ended. It has no other way to learn it: a
// promise of another request must not be awaited.
constexpr double kLookEveryMs = 20;
constexpr int kSweptPerWrite = 4;
// How late a waiting write may look again before its request counts as dead: as late as the end of
// an operation may be.
constexpr double kLookLateMs = kReapAfterDeadlineMs;

}  // namespace

WriteLanes::Place::Place(WriteLanes& lanes, std::string_view key, double nowMs, double deadlineMs)
    : lanes_(&lanes), lane_(nullptr), key_(key), number_(0), deadlineMs_(deadlineMs) {
  lanes.sweep(nowMs);
  lane_ = &lanes.lanes_[key_];
  number_ = ++lane_->issued;
  lane_->places.push_back({number_, nowMs + kLookLateMs});
}

WriteLanes::Place::Place(Place&& other) noexcept
    : lanes_(other.lanes_),
      lane_(std::exchange(other.lane_, nullptr)),
      key_(std::move(other.key_)),
      number_(other.number_),
      deadlineMs_(other.deadlineMs_) {}

bool WriteLanes::Place::isBlocked(double nowMs) const {
  return lane_->inFlight != 0 && nowMs <= lane_->inFlightUntilMs;
}

bool WriteLanes::Place::isLatest(double nowMs) const {
  return std::ranges::none_of(lane_->places, [&](const Lane::Waiting& other) {
    return other.number > number_ && nowMs <= other.seenUntilMs;
  });
}

bool WriteLanes::Place::mayStart(double nowMs) const {
  return !isBlocked(nowMs) && isLatest(nowMs) && nowMs >= lane_->nextTurnMs;
}

double WriteLanes::Place::lookAgainMs(double nowMs) {
  const bool waitsForTurn = !isBlocked(nowMs) && isLatest(nowMs);
  const double againMs =
      waitsForTurn ? lane_->nextTurnMs : std::max(lane_->nextTurnMs, nowMs + kLookEveryMs);
  for (Lane::Waiting& waiting : lane_->places) {
    if (waiting.number == number_) waiting.seenUntilMs = againMs + kLookLateMs;
  }
  return againMs;
}

void WriteLanes::Place::start(double nowMs) {
  lane_->inFlight = number_;
  lane_->inFlightUntilMs = deadlineMs_ + kReapAfterDeadlineMs;
  lane_->nextTurnMs = nowMs + lanes_->intervalMs_;
  // With the host it is the latest until its deadline; a newer one waits for it, not past it.
  for (Lane::Waiting& waiting : lane_->places) {
    if (waiting.number == number_) waiting.seenUntilMs = lane_->inFlightUntilMs;
  }
}

void WriteLanes::Place::succeed() {
  lane_->completed = std::max(lane_->completed, number_);
  leave();
}

void WriteLanes::Place::failed(double untilMs) {
  if (lane_->inFlight == number_) lane_->inFlight = 0;
  lane_->nextTurnMs = std::max(lane_->nextTurnMs, untilMs);
}

void WriteLanes::Place::leave() {
  if (lane_ == nullptr) return;
  std::erase_if(lane_->places, [&](const Lane::Waiting& one) { return one.number == number_; });
  if (lane_->inFlight == number_) lane_->inFlight = 0;
  lane_ = nullptr;
}

void WriteLanes::sweep(double nowMs) {
  // Around and around, so that lanes which are never idle hide no others.
  auto at = lanes_.upper_bound(sweptUpTo_);
  for (int i = 0; i < kSweptPerWrite; ++i) {
    if (at == lanes_.end()) {
      sweptUpTo_.clear();
      return;
    }
    sweptUpTo_ = at->first;
    const bool idle = at->second.places.empty() && nowMs >= at->second.nextTurnMs;
    at = idle ? lanes_.erase(at) : std::next(at);
  }
}

}  // namespace kvista
