// Errors as values: the closed set of codes, and what an error carries across the boundary. Absence
// is no error anywhere in the core.
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <utility>

namespace kvista {

// The numbers are the wire's (twin: `codes` in bindings/contract/errors.ts).
enum class Code : std::uint8_t {
  kInvalidKey = 1,
  kInvalidValue = 2,
  kInvalidArgument = 3,
  kTooLarge = 4,
  kVersionMismatch = 5,
  kNotFound = 6,
  kUnsupported = 7,
  kUnavailable = 8,
  kRateLimited = 9,
  kTimeout = 10,
  kOutcomeUnknown = 11,
  kCorrupt = 12,
  kOutOfMemory = 13,
  kClosed = 14,
};

// Why an operation failed. `message` says what happened and names the rule or the numbers. `hint`
// says what the user can do. Neither ever holds the text of a value.
//
// Its copies and moves are not inlined: errors are rare, code that moves one is everywhere, and the
// module becomes a good deal smaller.
struct Error {
  [[gnu::noinline]] Error();
  [[gnu::noinline]] Error(Code why, std::string_view says, std::string_view advises);
  [[gnu::noinline]] Error(const Error&);
  [[gnu::noinline]] Error(Error&&) noexcept;
  [[gnu::noinline]] Error& operator=(const Error&);
  [[gnu::noinline]] Error& operator=(Error&&) noexcept;
  [[gnu::noinline]] ~Error();

  Code code = Code::kUnavailable;
  std::string message{};
  std::string hint{};

  friend bool operator==(const Error&, const Error&) = default;
};

// Returns whether the same call may succeed later without any change by the caller.
[[nodiscard]] constexpr bool isRetryable(Code code) {
  return code == Code::kUnavailable || code == Code::kRateLimited || code == Code::kTimeout;
}

template <typename T>
using Result = std::expected<T, Error>;

// Returns an error that converts to any Result.
[[nodiscard, gnu::cold, gnu::noinline]] std::unexpected<Error> fail(Code code,
                                                                    std::string_view message,
                                                                    std::string_view hint);

}  // namespace kvista
