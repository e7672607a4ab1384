// Calls of an engine as plain data: what a test asks, and what it is told.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "wasm/engine/engine.h"

namespace kvista::test {

struct Record {
  std::string key;
  std::string value{};
  ExpiryKind expiryKind = ExpiryKind::kNone;
  double expiry = 0;
  std::uint8_t flags = 0;
};

struct Call {
  Op op = Op::kGet;
  std::string key{};
  std::string value{};
  std::optional<std::string> extra{};  // an expected version or a cursor
  ExpiryKind expiryKind = ExpiryKind::kNone;
  double expiry = 0;
  double number = 0;
  std::uint8_t flags = 0;
  std::uint8_t record = 0;
  std::vector<Record> items{};
  std::string nameSpace{};
  double deadlineMs = 10'000;  // from the start of the call
  std::uint64_t seed = 1;
};

// The request's bytes (message.h).
[[nodiscard]] std::string encodeCall(const Call& call, std::uint32_t store, double nowMs);

// A copy of an outcome's answer, which nothing later invalidates.
struct Told {
  bool done = false;
  std::optional<Error> error{};
  bool present = false;
  std::string value{};
  std::string version{};
  std::optional<std::int64_t> expiresAt{};
  std::vector<std::string> keys{};
  std::optional<std::string> cursor{};
  std::vector<ItemOutcome> items{};
  double number = 0;
  bool followUp = false;
  std::string head{};  // the answer as it crosses RPC

  [[nodiscard]] bool ok() const { return done && !error; }
  // The error's code, or nothing.
  [[nodiscard]] std::optional<Code> code() const {
    return error ? std::optional(error->code) : std::nullopt;
  }
};
[[nodiscard]] Told tell(const Result<Answer>& answer);

[[nodiscard]] const char* nameOf(Op op);
[[nodiscard]] const char* nameOf(Code code);

// The calls that tests make most.
[[nodiscard]] Call get(std::string key);
[[nodiscard]] Call set(std::string key, std::string value);
[[nodiscard]] Call setFor(std::string key, std::string value, double ttlSeconds);
[[nodiscard]] Call deleteKey(std::string key);
[[nodiscard]] Call list(std::string prefix = "");
[[nodiscard]] Call page(std::string prefix, double limit, std::optional<std::string> cursor = {});
[[nodiscard]] Call compareAndSet(std::string key, std::optional<std::string> version,
                                 std::string value);
[[nodiscard]] Call patch(std::string key, std::string json);
[[nodiscard]] Call many(Op op, std::vector<Record> items);

}  // namespace kvista::test
