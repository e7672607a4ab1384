// What the host tells of files, and how its times hold a value's expiry.
//
//   stat = f64 mtimeMs, f64 ctimeMs, f64 mode, f64 size      all zero for a file that is not there
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

// All zero if the bytes are no stat.
[[nodiscard]] FileStat statIn(std::string_view bytes);

// The modification time of a value that expires then, in seconds.
[[nodiscard]] double mtimeFor(std::int64_t expiresAt);

// The expiry that a file's times hold, or nothing; so nothing for times that mtimeFor does not
// give.
[[nodiscard]] std::optional<std::int64_t> expiryOf(const FileStat& stat);

// How a file is written (host.h: kWrite, kOpen).
[[nodiscard]] std::string writeMeta(bool expires, bool flag);

}  // namespace kvista
