// Engine: everything in one instance. It holds the open stores and the operations in flight, and
// runs one step of one operation at a time. It performs no request itself: its caller does, and
// resumes the operation with the replies.
//
// A slot and a sequence name an operation in flight. The sequence changes each time the operation
// suspends, so a resume that is late, repeated or forged names no operation and is ignored.
//
// An operation whose caller is gone is never resumed. A later call, which brings the time with it,
// reaps it when it is kReapAfterDeadlineMs past its deadline.
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
  // `limitBytes` bounds the bytes of requests, replies and answers in flight (wasm/core/budget.h).
  explicit Engine(std::size_t limitBytes) : budget_(limitBytes) {}
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  enum class Kind : std::uint32_t { kAnswered = 0, kSuspended = 1, kIgnored = 2 };
  // What a call led to: an answer, requests to the host, or nothing, because the operation named in
  // the call does not exist. Its pointers and views live until the next call of the engine.
  struct CallResult {
    Kind kind = Kind::kIgnored;
    std::uint32_t slot = 0;
    std::uint32_t sequence = 0;
    Op op = Op::kGet;
    const Result<Answer>* answer = nullptr;   // kAnswered
    std::span<const HostRequest> requests{};  // kSuspended
    std::string_view ownKey{};                // kSuspended: the full key of the operation's request
    std::string_view ownValue{};              // kSuspended: and its value
  };

  // Opens a store. `config` is JSON text (wasm/open/open.h). Returns its handle, from 1 on, with
  // its capabilities as `number` of the answer in `lastResult()`; or 0, with the error there.
  [[nodiscard]] std::uint32_t open(std::string_view config);
  // Closes a store. Operations of it that are in flight go on; new ones fail with CLOSED. An
  // unknown handle is ignored.
  void close(std::uint32_t handle);

  // Returns room for `bytes`, which the caller fills and passes to the next call; the room of an
  // earlier call is dropped. Returns null if it does not fit, with RATE_LIMITED or TOO_LARGE in
  // `lastResult()`. `valueBytes` of it are a value, which has a limit of its own (kMaxValueBytes).
  [[nodiscard]] char* reserve(std::size_t bytes, std::size_t valueBytes);
  // Drops the room that `reserve` returned, if no call has taken it.
  void dropReserved() { reserved_.reset(); }

  // Starts an operation. `bytes` is a request (wasm/core/message.h), in the reserved block or
  // elsewhere. A request elsewhere is copied if the operation outlasts the call.
  const CallResult& start(std::string_view bytes);
  // Goes on with an operation that is suspended. There is a reply for each of its requests, in the
  // same order, and their bytes lie in the reserved block; if the count is another, the call is
  // ignored.
  const CallResult& resume(std::uint32_t slot, std::uint32_t sequence,
                           std::vector<HostReply> replies, double nowMs);
  // The same where all requests were carried out at once, and no reply says anything.
  const CallResult& resumeDone(std::uint32_t slot, std::uint32_t sequence);
  // Ends an operation because its deadline has passed, its caller has aborted it, or its host
  // cannot go on. It is answered with `code`, or with OUTCOME_UNKNOWN if a write is in doubt.
  const CallResult& giveUp(std::uint32_t slot, std::uint32_t sequence, Code code,
                           std::string_view reason, std::string_view hint);

  // What the last call led to.
  [[nodiscard]] const CallResult& lastResult() const { return result_; }
  // Returns how many requests an operation waits for, or nothing if there is no such operation.
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
  // Makes the answer the result of this call.
  const CallResult& answerWith(Result<Answer>&& answer);
  // The same, after a check of the records in the answer if the request reads records.
  const CallResult& answerTo(const Request& request, Result<Answer>&& answer);
  [[gnu::cold, gnu::noinline]] const CallResult& refuse(std::unexpected<Error> why);
  // Starts an operation whose store needs its host. `request` was decoded from `bytes`, which lie
  // in `block` if that is given.
  [[gnu::noinline]] const CallResult& launch(std::optional<Block> block, std::string_view bytes,
                                             Request request, const std::shared_ptr<Store>& store);
  // Makes what an operation did in this call the result: an answer, or the requests it waits for.
  const CallResult& showProgress(std::uint32_t slot);
  void free(std::uint32_t slot);
  static constexpr std::size_t kNoSlot = ~std::size_t{0};
  // Frees the operations that are dead: kReapAfterDeadlineMs past their deadline.
  [[gnu::noinline]] void reap(double nowMs, std::size_t except = kNoSlot);
  // Drops the result of the last call.
  void forget();

  Budget budget_;
  std::vector<std::shared_ptr<Store>> stores_;
  std::vector<Slot> slots_;
  std::vector<std::uint32_t> freeSlots_;
  std::size_t inFlight_ = 0;
  double nextReapMs_ = 0;
  std::optional<Block> reserved_;
  // The result of the last call, and what it shows.
  CallResult result_;
  std::optional<Result<Answer>> answer_;
  std::unique_ptr<Operation> finished_;
};

}  // namespace kvista
