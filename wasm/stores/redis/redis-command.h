// A Redis command as the host takes it (Verb::kCommand), and an array among its replies:
//
//   command := (word NUL)*            an empty word stands for the request's value
//   array   := (u32 length, text)*    little-endian; its texts in order, nested arrays flattened,
//                                     integers as decimal digits; length 0xFFFFFFFF is nil
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

#include "wasm/core/bytes.h"
#include "wasm/core/host.h"
#include "wasm/core/joined.h"

namespace kvista {

// Appends words to a command.
[[gnu::noinline]] inline void addWords(std::string& command,
                                       std::initializer_list<TextPart> words) {
  for (const TextPart& word : words) {
    word.appendTo(command);
    command.push_back('\0');
  }
}

// That command of that node; of any, if it is empty.
[[nodiscard]] inline HostRequest commandFor(std::string_view node, std::string_view command) {
  return {.verb = Verb::kCommand, .key = command, .meta = node};
}

// The texts of an array, one after the other.
class RedisArray {
 public:
  explicit RedisArray(std::string_view packed) : in_(packed) {}

  [[nodiscard]] bool atEnd() const { return in_.atEnd() || !in_.ok(); }
  struct Text {
    bool isNil = false;
    std::string_view bytes{};
  };
  [[nodiscard, gnu::noinline]] Text next() {
    const std::uint32_t length = in_.u32();
    if (length == 0xFFFF'FFFF) return {true, {}};
    return {false, in_.raw(length)};
  }

 private:
  ByteReader in_;
};

}  // namespace kvista
