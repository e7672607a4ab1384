// What the host says of a file, and how the times of a file hold a value's expiry.
//
//   offset   type   field
//   0        f64    mtime, Unix milliseconds
//   8        f64    ctime, Unix milliseconds
//   16       f64    mode, as stat(2) has it
//   24       f64    size, bytes
//
// All of them are zero for a file that does not exist.
//
// A value that expires has a file that is executable for its owner and whose modification time is
// the moment and a fraction of a second:
//
//   mtime = expiresAt + 1/1024              before 2^31
//         / expiresAt / 128, whole seconds, + (2 + expiresAt % 128) / 1024      from 2^31 on
//
// so that it fits into 32 bits of seconds and is exact in a double. Both are set before the file
// gets its name: value and expiry change in one rename. Whoever overwrites the file in place gives
// it the time of the write, which is then that of its last change too, and so drops the expiry.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "wasm/core/whole.h"

namespace kvista {

struct FileStat {
  double mtimeMs = 0;
  double ctimeMs = 0;
  double mode = 0;
  double size = 0;

  [[nodiscard]] bool isFile() const { return (bits() & 0170000) == 0100000; }
  [[nodiscard]] bool isDirectory() const { return (bits() & 0170000) == 0040000; }
  [[nodiscard]] bool isMarked() const { return (bits() & 0100) != 0; }

 private:
  [[nodiscard]] std::uint32_t bits() const { return countOf(mode); }
};

// Returns the stat that the bytes hold, all zero if they hold none.
[[nodiscard]] FileStat statIn(std::string_view bytes);

// Returns the modification time of a value with that expiry, in Unix seconds.
[[nodiscard]] double mtimeFor(std::int64_t expiresAt);

// Returns the expiry that a file's times hold in Unix seconds, or nothing if they hold none, as all
// times that mtimeFor does not return.
[[nodiscard]] std::optional<std::int64_t> expiryOf(const FileStat& stat);

// Returns the meta of a kWrite or kOpen (wasm/core/host.h): the mode of a value that expires or
// does not, and the flag behind it.
[[nodiscard]] std::string writeMeta(bool expires, bool flag);

}  // namespace kvista
