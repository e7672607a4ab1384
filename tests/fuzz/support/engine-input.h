// Calls and replies out of the bytes of a fuzz input: mostly of the right form, with anything in
// them, and sometimes of no form at all.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <fuzzer/FuzzedDataProvider.h>

#include "tests/native/support/call.h"
#include "wasm/contract/listing.h"
#include "wasm/core/host.h"

namespace kvista::fuzz {

class EngineInput {
 public:
  EngineInput(const std::uint8_t* data, std::size_t size) : in_(data, size) {}

  [[nodiscard]] bool atEnd() { return in_.remaining_bytes() == 0; }
  // From 0 to below `count`.
  std::size_t pick(std::size_t count) {
    return in_.ConsumeIntegralInRange<std::size_t>(0, count - 1);
  }
  bool oneIn(std::size_t count) { return pick(count) == 0; }
  std::string text();
  double number();

  // The configuration of a store.
  std::string config();
  // A request's bytes.
  std::string request(std::uint32_t store, double nowMs);
  // What an answer said goes into later requests.
  void hear(const Answer& answer) {
    if (answer.cursor) toldCursor_ = *answer.cursor;
  }
  // The replies to a step, as they cross the boundary (bindings/boundary/wire.h).
  std::string replies(const std::vector<HostRequest>& step, double nowMs);
  // Those of a host that fails whatever it is asked, and sleeps.
  static std::string failures(const std::vector<HostRequest>& step);

 private:
  std::string key();
  std::string version();
  // That of the last page, or it with more behind, if its listing had that prefix.
  std::string cursor(std::string_view prefix);
  test::Record item();
  std::string names();
  std::string stat();
  std::string head();
  std::string answer();
  std::string rows();
  std::string array();
  std::string packed(Verb verb);

  FuzzedDataProvider in_;
  StoreKind kind_ = StoreKind::kMemory;
  double nowMs_ = 0;
  // What the core wrote last: a host that tells it again is a host that works.
  std::string writtenValue_;
  std::string writtenMeta_;
  std::string toldCursor_;
};

}  // namespace kvista::fuzz
