// The exports of the module: pointer and length, and no logic. (Twin:
// bindings/boundary/instance.ts, which declares the same functions.) It is compiled for WebAssembly
// only, where an address is 32 bits.
//
// Calls without a result of their own leave it at kv_result() (wire.h), until the next call.
//
//   function           parameters                     what it does or returns
//   kv_start_engine    limitBytes                     makes the engine; once, before anything else
//   kv_scratch                                        the address of 64 KiB for small calls
//   kv_result                                         the address of the last call's result
//   kv_reserve         bytes, value bytes             the address of room for a large call;
//                                                     0 if it is refused
//   kv_open            address, bytes                 the handle of a store; 0 if it is refused
//   kv_close           handle
//   kv_start           address, bytes                 starts an operation with the request there
//   kv_resume          slot, sequence, address,       goes on with the replies there
//                      bytes, nowMs
//   kv_resume_done     slot, sequence                 goes on: all was carried out at once, and
//                                                     there is nothing to reply
//   kv_give_up         slot, sequence, code,          ends an operation with that error
//                      reason address, bytes,
//                      hint address, bytes
//   kv_pack                                           makes the head of the last answer for RPC
//   kv_version         address, bytes                 makes the version of the value there
//   kv_frames                                         how many coroutine frames are alive
//   kv_operations                                     how many operations are in flight
//   kv_bytes_in_flight                                how many bytes are counted in the budget
#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "bindings/boundary/wire.h"
#include "wasm/contract/version.h"
#include "wasm/core/task.h"
#include "wasm/engine/engine.h"

namespace {

using kvista::Answer;
using kvista::Engine;
using kvista::Result;

// The one engine of this instance, and the memory that JavaScript reads and writes.
std::unique_ptr<Engine> engine;
alignas(16) char scratch[kvista::wire::kScratchBytes];
kvista::wire::CallResult result;
std::vector<kvista::wire::HostRequest> requests;
std::string packed;  // the items or the head that the result shows
std::string version;

std::uint32_t addressOf(const void* data) {
  return static_cast<std::uint32_t>(reinterpret_cast<std::uintptr_t>(data));
}

kvista::wire::Text text(std::string_view bytes) {
  return {addressOf(bytes.data()), static_cast<std::uint32_t>(bytes.size())};
}

std::string_view bytesAt(std::uint32_t address, std::uint32_t bytes) {
  return {reinterpret_cast<const char*>(static_cast<std::uintptr_t>(address)), bytes};
}

// The same bytes, and not only equal ones.
bool isSame(std::string_view one, std::string_view other) {
  return one.data() == other.data() && one.size() == other.size();
}

void showAnswer(const Result<Answer>& answer) {
  using namespace kvista;
  if (!answer) {
    result.flags = wire::kFailed | (isRetryable(answer.error().code) ? wire::kRetryable : 0);
    result.code = static_cast<std::uint32_t>(answer.error().code);
    result.message = text(answer.error().message);
    result.hint = text(answer.error().hint);
    return;
  }
  result.flags = (answer->present ? wire::kPresent : 0) | (answer->cursor ? wire::kHasCursor : 0) |
                 (answer->followUp ? wire::kFollowUp : 0) |
                 (answer->textKept ? wire::kTextKept : 0);
  result.expiresAt = answer->expiresAt ? static_cast<double>(*answer->expiresAt)
                                       : std::numeric_limits<double>::infinity();
  result.number = answer->number;
  result.value = text(answer->value());
  result.version = text(answer->version);
  result.keys = text(answer->keys);
  result.keyCount = answer->keyCount;
  if (answer->cursor) result.cursor = text(*answer->cursor);
  if (!answer->items.empty()) {
    packed = encodeItems(answer->items);
    result.items = text(packed);
    result.itemCount = static_cast<std::uint32_t>(answer->items.size());
  }
}

[[gnu::noinline]] void show(const Engine::CallResult& from) {
  // The last batch's answer may have been large.
  if (packed.capacity() > kvista::wire::kScratchBytes) packed = std::string();
  result = {};
  result.kind = static_cast<std::uint32_t>(from.kind);
  result.slot = from.slot;
  result.sequence = from.sequence;
  if (from.answer != nullptr) showAnswer(*from.answer);
  requests.clear();
  for (const kvista::HostRequest& request : from.requests) {
    const std::uint32_t flags =
        (isSame(request.value, from.ownValue) ? kvista::wire::kOwnValue : 0) |
        (isSame(request.key, from.ownKey) ? kvista::wire::kOwnKey : 0) |
        (request.mayKeepText ? kvista::wire::kMayKeepText : 0) |
        (request.isKeyConstant ? kvista::wire::kConstantKey : 0);
    requests.push_back({static_cast<std::uint32_t>(request.verb), flags, request.number,
                        text(request.key), text(request.value), text(request.meta)});
  }
  result.requestCount = static_cast<std::uint32_t>(requests.size());
  result.requests = addressOf(requests.data());
}

}  // namespace

#define KVISTA_EXPORT(name) extern "C" __attribute__((export_name(#name)))

KVISTA_EXPORT(kv_start_engine) void kv_start_engine(double limitBytes) {
  engine = std::make_unique<Engine>(static_cast<std::size_t>(limitBytes));
}

KVISTA_EXPORT(kv_scratch) std::uint32_t kv_scratch() { return addressOf(scratch); }

KVISTA_EXPORT(kv_result) std::uint32_t kv_result() { return addressOf(&result); }

KVISTA_EXPORT(kv_reserve)
std::uint32_t kv_reserve(std::uint32_t bytes, std::uint32_t valueBytes) {
  char* block = engine->reserve(bytes, valueBytes);
  if (block == nullptr) show(engine->lastResult());
  return addressOf(block);
}

KVISTA_EXPORT(kv_open) std::uint32_t kv_open(std::uint32_t address, std::uint32_t bytes) {
  const std::uint32_t handle = engine->open(bytesAt(address, bytes));
  show(engine->lastResult());
  return handle;
}

KVISTA_EXPORT(kv_close) void kv_close(std::uint32_t handle) { engine->close(handle); }

KVISTA_EXPORT(kv_start) void kv_start(std::uint32_t address, std::uint32_t bytes) {
  show(engine->start(bytesAt(address, bytes)));
}

KVISTA_EXPORT(kv_resume)
void kv_resume(std::uint32_t slot, std::uint32_t sequence, std::uint32_t address,
               std::uint32_t bytes, double nowMs) {
  std::vector<kvista::HostReply> replies;
  if (const auto count = engine->pendingCount(slot, sequence)) {
    if (auto decoded = kvista::wire::decodeReplies(bytesAt(address, bytes), *count)) {
      replies = std::move(*decoded);
    }
  }
  show(engine->resume(slot, sequence, std::move(replies), nowMs));
}

KVISTA_EXPORT(kv_resume_done)
void kv_resume_done(std::uint32_t slot, std::uint32_t sequence) {
  show(engine->resumeDone(slot, sequence));
}

KVISTA_EXPORT(kv_give_up)
void kv_give_up(std::uint32_t slot, std::uint32_t sequence, std::uint32_t code,
                std::uint32_t reason, std::uint32_t reasonBytes, std::uint32_t hint,
                std::uint32_t hintBytes) {
  show(engine->giveUp(slot, sequence, static_cast<kvista::Code>(code), bytesAt(reason, reasonBytes),
                      bytesAt(hint, hintBytes)));
}

KVISTA_EXPORT(kv_pack) void kv_pack() {
  if (engine->lastResult().answer == nullptr) return;
  packed = kvista::encodeAnswer(*engine->lastResult().answer);
  result.head = text(packed);
}

KVISTA_EXPORT(kv_version) void kv_version(std::uint32_t address, std::uint32_t bytes) {
  version = kvista::versionOf(bytesAt(address, bytes));
  engine->dropReserved();
  result = {};
  result.version = text(version);
}

KVISTA_EXPORT(kv_frames) std::uint32_t kv_frames() {
  return static_cast<std::uint32_t>(kvista::liveFrames());
}

KVISTA_EXPORT(kv_operations) std::uint32_t kv_operations() {
  return static_cast<std::uint32_t>(engine->operationsInFlight());
}

KVISTA_EXPORT(kv_bytes_in_flight) std::uint32_t kv_bytes_in_flight() {
  return static_cast<std::uint32_t>(engine->bytesInFlight());
}
