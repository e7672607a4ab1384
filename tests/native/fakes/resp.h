// A reply of a Redis server, as RESP has it.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace kvista::test {

using Words = std::vector<std::string>;

struct Resp {
  enum class Kind { kNil, kInteger, kText, kArray, kError };
  Kind kind = Kind::kNil;
  long long integer = 0;
  std::string text{};  // of an error, its message
  std::vector<Resp> items{};

  [[nodiscard]] bool isError() const { return kind == Kind::kError; }
  [[nodiscard]] bool isNil() const { return kind == Kind::kNil; }
};

[[nodiscard]] inline Resp respNil() { return {}; }
[[nodiscard]] inline Resp respInteger(long long number) {
  return {.kind = Resp::Kind::kInteger, .integer = number};
}
[[nodiscard]] inline Resp respText(std::string text) {
  return {.kind = Resp::Kind::kText, .text = std::move(text)};
}
[[nodiscard]] inline Resp respArray(std::vector<Resp> items) {
  return {.kind = Resp::Kind::kArray, .items = std::move(items)};
}
[[nodiscard]] inline Resp respError(std::string message) {
  return {.kind = Resp::Kind::kError, .text = std::move(message)};
}

}  // namespace kvista::test
