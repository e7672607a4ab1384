// Packed little-endian bytes: a writer that appends, and a reader that never reads past the end.
// Their functions are not inlined. Messages are read and written in many places, of which none is
// hot, and inlined they would be a large part of the module.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace kvista {

class ByteWriter {
 public:
  [[gnu::noinline]] ByteWriter& u8(std::uint8_t value);
  [[gnu::noinline]] ByteWriter& u32(std::uint32_t value);
  [[gnu::noinline]] ByteWriter& f64(double value);
  // Appends the length as a u32, then the bytes.
  [[gnu::noinline]] ByteWriter& bytes(std::string_view text);
  // Appends the bytes alone.
  [[gnu::noinline]] ByteWriter& raw(const void* data, std::size_t size);
  void reserve(std::size_t bytes) { out_.reserve(bytes); }
  // Returns what was written and leaves the writer empty.
  [[nodiscard]] std::string take() { return std::move(out_); }
  [[nodiscard]] std::string_view view() const { return out_; }

 private:
  std::string out_;
};

// Views of what is read lie in the bytes that the reader was made with. A read past the end returns
// zero or nothing, as does every read after it, and `ok()` is false from then on.
class ByteReader {
 public:
  explicit ByteReader(std::string_view data) : data_(data) {}

  [[nodiscard, gnu::noinline]] std::uint8_t u8();
  [[nodiscard, gnu::noinline]] std::uint32_t u32();
  [[nodiscard, gnu::noinline]] double f64();
  // Reads a length as a u32, then that many bytes.
  [[nodiscard, gnu::noinline]] std::string_view bytes();
  // Reads that many bytes.
  [[nodiscard, gnu::noinline]] std::string_view raw(std::size_t size);
  // Returns the next byte without reading it; zero at the end.
  [[nodiscard]] std::uint8_t peek() const {
    return data_.empty() ? std::uint8_t{0} : static_cast<std::uint8_t>(data_.front());
  }
  // Reads all that has not been read.
  [[nodiscard]] std::string_view rest() { return std::exchange(data_, {}); }
  [[nodiscard]] bool ok() const { return ok_; }
  [[nodiscard]] bool atEnd() const { return data_.empty(); }

 private:
  template <typename T>
  T number();

  std::string_view data_;
  bool ok_ = true;
};

// Removes the first of the names, which are each followed by NUL, and returns it without the NUL.
// If there is no NUL, all of `names` is one name. The result views what `names` viewed.
[[nodiscard, gnu::noinline]] std::string_view takeName(std::string_view& names);

}  // namespace kvista
