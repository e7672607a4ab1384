#include "tests/native/support/driver.h"

#include <algorithm>
#include <cstring>

#include "bindings/boundary/wire.h"
#include "tests/native/support/check.h"
#include "wasm/core/bytes.h"

namespace kvista::test {
namespace {

std::string encodeReplies(const Replies& replies) {
  ByteWriter out;
  for (const Replied& one : replies) {
    const auto length = [](std::string_view text) {
      return static_cast<std::uint32_t>(text.size());
    };
    out.u32((one.failed ? 1U : 0U) | (one.present ? 2U : 0U) | one.failureFlags << 3);
    out.f64(one.number).u32(length(one.value)).u32(length(one.meta)).u32(length(one.extra));
    for (const std::string* part : {&one.value, &one.meta, &one.extra}) {
      out.raw(part->data(), part->size());
    }
  }
  return out.take();
}

}  // namespace

std::function<void(std::size_t, Replied)> gather(std::size_t count,
                                                 std::function<void(Replies)> later) {
  struct Open {
    Replies replies;
    std::size_t missing;
    std::function<void(Replies)> later;
  };
  auto open = std::make_shared<Open>(Open{Replies(count), count, std::move(later)});
  return [open](std::size_t i, Replied reply) {
    open->replies[i] = std::move(reply);
    if (--open->missing == 0) open->later(std::move(open->replies));
  };
}

Replied failed(std::string message, std::uint32_t flags) {
  return {.failed = true, .failureFlags = flags, .value = std::move(message)};
}

std::optional<Replies> FunctionHost::perform(std::uint64_t /*operation*/, const Step& step,
                                             std::function<void(Replies)> /*later*/) {
  Replies replies;
  for (const Asked& one : step) replies.push_back(answer_(one));
  return replies;
}

struct Driver::Flight {
  std::uint64_t id = 0;
  std::uint32_t slot = 0;
  std::uint32_t sequence = 0;
  std::shared_ptr<Told> told = std::make_shared<Told>();
  std::optional<Loop::Id> deadline;
  Step step;
};

Driver::Driver(Loop& loop, Host& host, std::string_view config, std::size_t limitBytes)
    : loop_(loop), host_(host), engine_(limitBytes), handle_(engine_.open(config)) {
  ensure(handle_ != 0);
}

Driver::~Driver() { *alive_ = false; }

std::shared_ptr<const Told> Driver::start(const Call& call) {
  return startBytes(encodeCall(call, handle_, loop_.nowMs()));
}

std::shared_ptr<const Told> Driver::startBytes(std::string bytes) {
  std::memcpy(bytes.data() + 4, &handle_, sizeof handle_);
  double deadlineMs = 0;
  std::memcpy(&deadlineMs, bytes.data() + 16, sizeof deadlineMs);
  auto flight = std::make_shared<Flight>();
  flight->id = ++flights_;
  std::string_view view = bytes;
  if (bytes.size() > wire::kScratchBytes) {
    std::uint32_t valueBytes = 0;
    std::memcpy(&valueBytes, bytes.data() + 56, sizeof valueBytes);
    char* block = engine_.reserve(bytes.size(), valueBytes);
    if (block == nullptr) {
      finish(flight, tell(*engine_.lastResult().answer));
      return flight->told;
    }
    std::memcpy(block, bytes.data(), bytes.size());
    view = {block, bytes.size()};
  }
  const Engine::CallResult& result = engine_.start(view);
  if (result.kind == Engine::Kind::kAnswered) {
    finish(flight, tell(*result.answer));
    return flight->told;
  }
  flight->slot = result.slot;
  flight->sequence = result.sequence;
  for (const HostRequest& one : result.requests) {
    flight->step.push_back({one.verb, std::string(one.key), std::string(one.value),
                            std::string(one.meta), one.number});
  }
  flight->deadline = loop_.at(deadlineMs, [this, alive = alive_, flight] {
    flight->deadline.reset();
    const Error late{Code::kTimeout, "no answer came before the deadline", "give it more time"};
    if (*alive) giveUp(flight, late);
  });
  drive(flight);
  return flight->told;
}

Told Driver::run(const Call& call) {
  const std::shared_ptr<const Told> told = start(call);
  ensure(loop_.runUntil([&] { return told->done; }));
  return *told;
}

void Driver::drive(const std::shared_ptr<Flight>& flight) {
  for (;;) {
    if (onStep) onStep(flight->step);
    const auto later = [this, alive = alive_, flight](Replies replies) {
      if (*alive && resume(flight, replies)) drive(flight);
    };
    std::optional<Replies> replies;
    if (flight->step.size() == 1 && flight->step.front().verb == Verb::kSleep) {
      const double delayMs = std::min(flight->step.front().number, kLongestTimerMs);
      loop_.after(delayMs, [later] { later({Replied{}}); });
    } else {
      replies = host_.perform(flight->id, flight->step, later);
    }
    if (!replies || !resume(flight, *replies)) return;
  }
}

// Whether the operation asks for another step.
bool Driver::resume(const std::shared_ptr<Flight>& flight, const Replies& replies) {
  const std::string encoded = encodeReplies(replies);
  std::unique_ptr<char[]> small;
  char* bytes = nullptr;
  if (encoded.size() > wire::kScratchBytes) {
    bytes = engine_.reserve(encoded.size(), 0);
    if (bytes == nullptr) {
      giveUp(flight, *tell(*engine_.lastResult().answer).error);
      return false;
    }
  } else {
    small = std::make_unique<char[]>(encoded.size());
    bytes = small.get();
  }
  std::memcpy(bytes, encoded.data(), encoded.size());
  const auto count = engine_.pendingCount(flight->slot, flight->sequence);
  std::vector<HostReply> decoded;
  if (count) {
    auto read = wire::decodeReplies({bytes, encoded.size()}, *count);
    ensure(read.has_value());
    decoded = std::move(*read);
  }
  const Engine::CallResult& result =
      engine_.resume(flight->slot, flight->sequence, std::move(decoded), loop_.nowMs());
  if (result.kind == Engine::Kind::kIgnored) return false;
  if (result.kind == Engine::Kind::kAnswered) {
    finish(flight, tell(*result.answer));
    return false;
  }
  flight->sequence = result.sequence;
  flight->step.clear();
  for (const HostRequest& one : result.requests) {
    flight->step.push_back({one.verb, std::string(one.key), std::string(one.value),
                            std::string(one.meta), one.number});
  }
  return true;
}

void Driver::giveUp(const std::shared_ptr<Flight>& flight, const Error& why) {
  const Engine::CallResult& result =
      engine_.giveUp(flight->slot, flight->sequence, why.code, why.message, why.hint);
  if (result.kind == Engine::Kind::kAnswered) finish(flight, tell(*result.answer));
}

void Driver::finish(const std::shared_ptr<Flight>& flight, Told told) {
  if (flight->deadline) loop_.cancel(*flight->deadline);
  *flight->told = std::move(told);
  host_.ended(flight->id);
}

}  // namespace kvista::test
