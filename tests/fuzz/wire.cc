// What crosses the boundary and RPC: requests, their items, answers and hosts' replies. What is
// decoded gives the same bytes again, by a second encoder where the core has none.
#include "bindings/boundary/wire.h"

#include <cstring>
#include <string>

#include "tests/fuzz/support/input.h"
#include "wasm/core/bytes.h"
#include "wasm/core/message.h"

using namespace kvista;
using kvista::fuzz::require;

namespace {

std::uint32_t length(std::string_view text) { return static_cast<std::uint32_t>(text.size()); }

std::string encodeRequest(const Request& r) {
  ByteWriter out;
  out.u8(static_cast<std::uint8_t>(r.op)).u8(r.flags);
  out.u8(static_cast<std::uint8_t>(r.expiryKind)).u8(r.recordUse).u32(r.store);
  out.f64(r.nowMs).f64(r.deadlineMs).f64(r.expiryNumber).raw(&r.seed, 8).f64(r.number);
  out.u32(length(r.nameSpace)).u32(length(r.key)).u32(length(r.value)).u32(length(r.extra));
  out.u32(length(r.items)).u32(r.itemCount);
  for (const std::string_view part : {r.nameSpace, r.key, r.extra, r.items, r.value}) {
    out.raw(part.data(), part.size());
  }
  return out.take();
}

void checkItems(const Request& request) {
  const Result<std::vector<Item>> items = decodeItems(request);
  if (!items) return;
  require(items->size() == request.itemCount, "as many items are decoded as there are");
  ByteWriter out;
  for (const Item& item : *items) {
    out.u32(length(item.fullKey)).u32(length(item.value));
    out.u32(item.flags | static_cast<std::uint32_t>(item.expiryKind) << 8).f64(item.expiryNumber);
    out.raw(item.fullKey.data(), item.fullKey.size()).raw(item.value.data(), item.value.size());
  }
  require(out.view() == request.items, "the items of a request are all of their bytes");
}

void checkRequest(std::string_view bytes) {
  const Result<Request> request = decodeRequest(bytes);
  if (!request) return;
  require(encodeRequest(*request) == bytes, "a request that is decoded was encoded so");
  require(request->fullKey == std::string(request->nameSpace) + std::string(request->key),
          "the full key is namespace and key");
  checkItems(*request);
  const std::string remote = encodeRemoteRequest(*request) + std::string(request->value);
  const Result<Request> there = decodeRequest(remote);
  require(there.has_value(), "a request to pass on is a request");
  Request passed = *request;
  passed.store = passed.itemCount = 0;
  passed.nameSpace = passed.items = {};
  passed.key = request->fullKey;
  require(encodeRequest(*there) == encodeRequest(passed), "a request is passed on as it is");
}

void checkAnswer(std::string_view head, std::string_view value) {
  const Result<Answer> answer = decodeAnswer(head, value);
  const Result<Answer> refused = decodeAnswer({}, value);
  if (!answer && answer.error() == refused.error()) return;
  const std::string once = encodeAnswer(answer);
  // Another encoder may have written what is not there.
  require(once.size() <= head.size(), "an answer has no more bytes than are needed");
  const Result<Answer> again = decodeAnswer(once, value);
  require(encodeAnswer(again) == once, "an answer that was decoded is encoded the same");
  require(again.has_value() == answer.has_value(), "a failure stays one");
  if (!answer) {
    require(again.error() == answer.error(), "an error comes back");
    require(answer.error().code >= Code::kInvalidKey && answer.error().code <= Code::kClosed,
            "an error has a code that there is");
    return;
  }
  require(again->value() == value && again->keys == answer->keys, "value and keys come back");
  require(again->expiresAt == answer->expiresAt && again->cursor == answer->cursor &&
              again->version == answer->version && again->present == answer->present,
          "an answer comes back");
}

void checkReplies(std::string_view bytes, std::size_t count) {
  const auto replies = wire::decodeReplies(bytes, count);
  if (!replies) return;
  require(replies->size() == count, "there is a reply for each request");
  ByteWriter out;
  for (const HostReply& reply : *replies) {
    out.u32((reply.failed ? 1U : 0U) | (reply.present ? 2U : 0U) | (reply.textKept ? 4U : 0U) |
            reply.failureFlags << 3);
    out.f64(reply.number);
    out.u32(length(reply.value)).u32(length(reply.meta)).u32(length(reply.extra));
    for (const std::string_view part : {reply.value, reply.meta, reply.extra}) {
      out.raw(part.data(), part.size());
    }
  }
  require(out.view() == bytes, "replies that are decoded were encoded so");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::Input input(data, size);
  const std::string_view bytes = input.whole();
  checkRequest(bytes);
  for (std::size_t count = 0; count < 4; ++count) checkReplies(bytes, count);
  const std::string_view head = input.part();
  checkAnswer(head, input.part());
  return 0;
}
