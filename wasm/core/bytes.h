// Packed little-endian bytes: a writer that appends and a reader that never reads past the end.
// Their steps are out of line: messages are many steps, in many places, and none of those is hot.
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
  // With their length before them.
  [[gnu::noinline]] ByteWriter& bytes(std::string_view text);
  [[gnu::noinline]] ByteWriter& raw(const void* data, std::size_t size);
  void reserve(std::size_t bytes) { out_.reserve(bytes); }
  [[nodiscard]] std::string take() { return std::move(out_); }
  [[nodiscard]] std::string_view view() const { return out_; }

 private:
  std::string out_;
};

// After a read past the end every further read gives zero or nothing, and `ok()` is false.
class ByteReader {
 public:
  explicit ByteReader(std::string_view data) : data_(data) {}

  [[nodiscard, gnu::noinline]] std::uint8_t u8();
  [[nodiscard, gnu::noinline]] std::uint32_t u32();
  [[nodiscard, gnu::noinline]] double f64();
  [[nodiscard, gnu::noinline]] std::string_view bytes();
  [[nodiscard, gnu::noinline]] std::string_view raw(std::size_t size);
  // The next byte, which stays; zero at the end.
  [[nodiscard]] std::uint8_t peek() const {
    return data_.empty() ? std::uint8_t{0} : static_cast<std::uint8_t>(data_.front());
  }
  // All that has not been read.
  [[nodiscard]] std::string_view rest() { return std::exchange(data_, {}); }
  [[nodiscard]] bool ok() const { return ok_; }
  [[nodiscard]] bool atEnd() const { return data_.empty(); }

 private:
  template <typename T>
  T number();

  std::string_view data_;
  bool ok_ = true;
};

// Takes the first off names that are each followed by NUL; all of it if none is.
[[nodiscard, gnu::noinline]] std::string_view takeName(std::string_view& names);

}  // namespace kvista
