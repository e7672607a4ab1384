// A Redis command as the host takes it (Verb::kCommand), and a reply that is an array.
//
//   command   words, each followed by NUL; an empty word stands for the request's value
//   array     its elements in order, those of nested arrays among them; for each a u32 length,
//             little-endian, and the text; an integer is its decimal digits; nil has the length
//             0xFFFFFFFF
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

// Returns a request that sends the command to that node, or to any if `node` is empty. It views
// both.
[[nodiscard]] inline HostRequest commandFor(std::string_view node, std::string_view command) {
  return {.verb = Verb::kCommand, .key = command, .meta = node};
}

// Reads the elements of an array, one after the other. It views `packed`.
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
