// A whole engine with one store, asked by callers and answered by a host that say whatever they
// like: nothing crashes, leaks or goes on for ever, and every outcome is one that can be told.
#include "wasm/engine/engine.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "bindings/boundary/wire.h"
#include "tests/fuzz/support/engine-input.h"
#include "tests/fuzz/support/input.h"
#include "wasm/core/task.h"

using namespace kvista;
using kvista::fuzz::EngineInput;
using kvista::fuzz::require;

namespace {

constexpr std::size_t kMaxFlights = 4;
constexpr std::size_t kMaxActions = 64;
// More steps than any operation takes whose host has failed since before its deadline.
constexpr std::size_t kMaxFailedSteps = 64;
constexpr std::size_t kLimits[] = {3000, 20'000, 1 << 20};

struct Flight {
  std::uint32_t slot = 0;
  std::uint32_t sequence = 0;
  std::vector<HostRequest> step;
};

class Session {
 public:
  explicit Session(EngineInput& input) : input_(input), engine_(kLimits[input.pick(3)]) {
    handle_ = engine_.open(input.config());
    checkOutcome();
  }

  void act() {
    nowMs_ += static_cast<double>(input_.pick(256)) * (input_.oneIn(8) ? 100 : 1);
    forgetReaped();
    const std::size_t action = input_.pick(12);
    if (flights_.empty() || (action < 3 && flights_.size() < kMaxFlights)) return start();
    const std::size_t which = input_.pick(flights_.size());
    if (action == 3) return giveUp(which);
    if (action == 4) return forge();
    resume(which, input_.replies(flights_[which].step, nowMs_));
  }

  // Whatever is under way ends by itself when its host fails and its time is over; then nothing is
  // left.
  void end() {
    nowMs_ = std::numeric_limits<double>::max();
    for (std::size_t i = 0; i < kMaxFailedSteps * kMaxFlights; ++i) {
      forgetReaped();
      if (flights_.empty()) break;
      resume(flights_.size() - 1, EngineInput::failures(flights_.back().step));
    }
    require(flights_.empty(), "an operation ends after its deadline");
    engine_.close(handle_);
    require(engine_.operationsInFlight() == 0, "no operation is left");
    require(engine_.bytesInFlight() == 0, "no bytes are left in flight");
    require(liveFrames() == 0, "no frame is left");
  }

 private:
  // The requests of an operation that was reaped are gone.
  void forgetReaped() {
    std::erase_if(flights_, [&](const Flight& flight) {
      return !engine_.pendingCount(flight.slot, flight.sequence);
    });
  }

  void start() {
    std::string bytes = input_.request(handle_, nowMs_);
    if (input_.oneIn(2)) {
      engine_.start(bytes);
    } else {
      char* const block = engine_.reserve(bytes.size(), 0);
      if (block == nullptr) return checkOutcome();
      std::ranges::copy(bytes, block);
      engine_.start({block, bytes.size()});
    }
    std::ranges::fill(bytes, '\xEE');  // as scratch is overwritten by the next call
    checkOutcome();
    if (engine_.lastResult().kind == Engine::Kind::kSuspended) {
      flights_.emplace_back();
      flights_.back().slot = engine_.lastResult().slot;
      suspend(flights_.back());
    }
  }

  void resume(std::size_t which, const std::string& bytes) {
    Flight& flight = flights_[which];
    char* const block = engine_.reserve(bytes.size(), 0);
    if (block == nullptr) {
      checkOutcome();
      return giveUp(which);
    }
    std::ranges::copy(bytes, block);
    const auto count = engine_.pendingCount(flight.slot, flight.sequence);
    require(count == flight.step.size(), "an operation waits for what it asked");
    auto replies = wire::decodeReplies({block, bytes.size()}, *count);
    engine_.resume(flight.slot, flight.sequence,
                   replies ? std::move(*replies) : std::vector<HostReply>(), nowMs_);
    checkOutcome();
    switch (engine_.lastResult().kind) {
      case Engine::Kind::kSuspended:
        return suspend(flight);
      case Engine::Kind::kAnswered:
        flights_.erase(flights_.begin() + static_cast<std::ptrdiff_t>(which));
        return;
      case Engine::Kind::kIgnored:
        require(!replies, "what was asked for is not ignored");
    }
  }

  void giveUp(std::size_t which) {
    const Flight flight = flights_[which];
    flights_.erase(flights_.begin() + static_cast<std::ptrdiff_t>(which));
    engine_.giveUp(flight.slot, flight.sequence, Code::kTimeout, "late", "wait longer");
    checkOutcome();
    require(engine_.lastResult().kind == Engine::Kind::kAnswered, "what is given up is answered");
  }

  void forge() {
    const auto slot = static_cast<std::uint32_t>(input_.pick(8));
    const auto sequence = static_cast<std::uint32_t>(input_.pick(1024));
    const bool isReal = std::ranges::any_of(flights_, [&](const Flight& flight) {
      return flight.slot == slot && flight.sequence == sequence;
    });
    if (isReal) return;
    engine_.resume(slot, sequence, std::vector<HostReply>(input_.pick(3)), nowMs_);
    require(engine_.lastResult().kind == Engine::Kind::kIgnored, "a forged resume is ignored");
  }

  // Takes note of what the operation asks, once each request is one that a host can perform.
  void suspend(Flight& flight) {
    const Engine::CallResult& result = engine_.lastResult();
    require(!result.requests.empty(), "an operation that waits has asked");
    flight.sequence = result.sequence;
    flight.step.assign(result.requests.begin(), result.requests.end());
    for (const HostRequest& request : flight.step) {
      const auto verb = static_cast<int>(request.verb);
      require((verb >= 1 && verb <= 13) || (verb >= 20 && verb <= 25),
              "a verb is one of the wire's");
      if (request.verb == Verb::kSleep) {
        require(request.number >= 0 && std::isfinite(request.number), "a sleep is a time");
      }
      if (request.verb == Verb::kCommand && request.key.starts_with(std::string("scan\0", 5))) {
        require(std::ranges::count(request.key, '\0') == 6, "a cursor is one word of a SCAN");
      }
    }
  }

  void checkOutcome() {
    const Result<Answer>* const answer = engine_.lastResult().answer;
    if (answer == nullptr) return;
    const Result<Answer> told = decodeAnswer(encodeAnswer(*answer), {});
    require(told.has_value() == answer->has_value(), "an answer can be told");
    if (!*answer) {
      require(told.error() == answer->error(), "an error can be told");
      return;
    }
    require(!encodeItems((*answer)->items).empty() || (*answer)->items.empty(),
            "outcomes can be told");
    input_.hear(**answer);
    // As the shim reads the value: each byte of it.
    const std::string_view value = (*answer)->value();
    require(std::string(value) == value, "a value can be read");
  }

  EngineInput& input_;
  Engine engine_;
  std::uint32_t handle_ = 0;
  double nowMs_ = 1'800'000'000'000;
  std::vector<Flight> flights_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  EngineInput input(data, size);
  {
    Session session(input);
    for (std::size_t i = 0; i < kMaxActions && !input.atEnd(); ++i) session.act();
    session.end();
  }
  require(liveFrames() == 0, "no frame is left");
  return 0;
}
