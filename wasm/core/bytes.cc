#include "wasm/core/bytes.h"

#include <algorithm>
#include <cstring>

namespace kvista {

ByteWriter& ByteWriter::u8(std::uint8_t value) { return raw(&value, sizeof value); }
ByteWriter& ByteWriter::u32(std::uint32_t value) { return raw(&value, sizeof value); }
ByteWriter& ByteWriter::f64(double value) { return raw(&value, sizeof value); }
ByteWriter& ByteWriter::bytes(std::string_view text) {
  u32(static_cast<std::uint32_t>(text.size()));
  return raw(text.data(), text.size());
}
ByteWriter& ByteWriter::raw(const void* data, std::size_t size) {
  out_.append(static_cast<const char*>(data), size);
  return *this;
}

template <typename T>
T ByteReader::number() {
  T value{};
  const std::string_view from = raw(sizeof(T));
  if (from.size() == sizeof(T)) std::memcpy(&value, from.data(), sizeof(T));
  return value;
}

std::uint8_t ByteReader::u8() { return number<std::uint8_t>(); }
std::uint32_t ByteReader::u32() { return number<std::uint32_t>(); }
double ByteReader::f64() { return number<double>(); }
std::string_view ByteReader::bytes() { return raw(u32()); }
std::string_view ByteReader::raw(std::size_t size) {
  if (size > data_.size()) {
    ok_ = false;
    data_ = {};
    return {};
  }
  const std::string_view taken = data_.substr(0, size);
  data_.remove_prefix(size);
  return taken;
}

std::string_view takeName(std::string_view& names) {
  const std::string_view name = names.substr(0, names.find('\0'));
  names.remove_prefix(std::min(name.size() + 1, names.size()));
  return name;
}

}  // namespace kvista
