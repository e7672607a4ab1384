// Engine: everything in one instance. It holds the open stores and the operations in flight, and
// drives one step of one operation at a time. It performs nothing: whoever calls it does.
//
// An operation in flight is named by a slot and a sequence, which changes each time it suspends: a
// late, a second or a forged resume names nothing and is ignored. One whose caller is gone is
// reaped by the time that later calls bring.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "wasm/core/operation.h"

namespace kvista {

class Store;

class Engine {
 public:
  // `limitBytes` bounds the bytes of requests, replies and answers in flight.
  explicit Engine(std::size_t limitBytes) : budget_(limitBytes) {}
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  enum class Kind : std::uint32_t { kAnswered = 0, kSuspended = 1, kIgnored = 2 };
  // What a call led to. Its views live until the next call of the engine.
  struct StepResult {
    Kind kind = Kind::kIgnored;
    std::uint32_t slot = 0;
    std::uint32_t sequence = 0;
    Op op = Op::kGet;
    const Result<Answer>* answer = nullptr;   // kAnswered
    std::span<const HostRequest> requests{};  // kSuspended
    std::string_view ownKey{};                // kSuspended: the full key of the operation's request
    std::string_view ownValue{};              // kSuspended: and its value
  };

  // A handle, from 1 on, with the store's capabilities as the answer's number; or 0 if `config` is
  // refused, and then the reason is the outcome's answer.
  [[nodiscard]] std::uint32_t open(std::string_view config);
  // Operations in flight go on; new ones fail with CLOSED.
  void close(std::uint32_t handle);

  // A block to be filled and passed to the next call; the one of an earlier call is dropped. Null
  // if it does not fit, and then RATE_LIMITED or TOO_LARGE is the outcome's answer. `valueBytes` of
  // it are a value, which has a limit of its own whatever else is in flight.
  [[nodiscard]] char* reserve(std::size_t bytes, std::size_t valueBytes);
  // Drops a reserved block that no call took.
  void dropReserved() { reserved_.reset(); }

  // `bytes` is a request (message.h), in the reserved block or elsewhere; what is elsewhere is
  // copied if the operation outlasts the call.
  const StepResult& start(std::string_view bytes);
  // Replies to the pending requests; their bytes lie in the reserved block.
  const StepResult& resume(std::uint32_t slot, std::uint32_t sequence,
                           std::vector<HostReply> replies, double nowMs);
  // The same where all was carried out at once, and there is nothing to tell of it.
  const StepResult& resumeDone(std::uint32_t slot, std::uint32_t sequence);
  // Gives an operation up: its caller's patience ended, or its host cannot go on.
  const StepResult& giveUp(std::uint32_t slot, std::uint32_t sequence, Code code,
                           std::string_view reason, std::string_view hint);

  [[nodiscard]] const StepResult& lastStep() const { return step_; }
  // How many requests that operation waits for; nothing if there is none of that name.
  [[nodiscard]] std::optional<std::size_t> pendingCount(std::uint32_t slot,
                                                        std::uint32_t sequence) const;
  [[nodiscard]] std::size_t operationsInFlight() const { return inFlight_; }
  [[nodiscard]] std::size_t bytesInFlight() const { return budget_.inFlightBytes(); }

 private:
  struct Slot {
    std::uint32_t sequence = 0;
    Reservation reservation;
    std::shared_ptr<Store> store;  // outlives the operation
    std::unique_ptr<Operation> operation;
  };

  [[nodiscard]] Slot* find(std::uint32_t slot, std::uint32_t sequence);
  // An answer is moved once, into its place.
  const StepResult& answerWith(Result<Answer>&& answer);
  // The same, if what it tells of records are records.
  const StepResult& answerTo(const Request& request, Result<Answer>&& answer);
  [[gnu::cold, gnu::noinline]] const StepResult& refuse(std::unexpected<Error> why);
  // Begins an operation whose store needs its host. `request` was decoded from `bytes`, which lie
  // in `block` if that is given.
  [[gnu::noinline]] const StepResult& launch(std::optional<Block> block, std::string_view bytes,
                                             Request request, const std::shared_ptr<Store>& store);
  const StepResult& endStep(std::uint32_t slot);
  void free(std::uint32_t slot);
  static constexpr std::size_t kNoSlot = ~std::size_t{0};
  // Frees the operations whose deadline is long over.
  [[gnu::noinline]] void reap(double nowMs, std::size_t except = kNoSlot);
  void forget();

  Budget budget_;
  std::vector<std::shared_ptr<Store>> stores_;
  std::vector<Slot> slots_;
  std::vector<std::uint32_t> freeSlots_;
  std::size_t inFlight_ = 0;
  double nextReapMs_ = 0;
  std::optional<Block> reserved_;
  // What the last outcome shows.
  StepResult step_;
  std::optional<Result<Answer>> answer_;
  std::unique_ptr<Operation> finished_;
};

}  // namespace kvista
