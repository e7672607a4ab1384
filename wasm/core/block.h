// Block: one allocation of bytes in flight. It counts in the budget for as long as it lives, and
// must not outlive the budget. JavaScript fills one with a request or with a host's replies.
#pragma once

#include <cstdlib>
#include <cstring>
#include <optional>
#include <string_view>
#include <utility>

#include "wasm/core/budget.h"

namespace kvista {

class Block {
 public:
  Block() = default;
  Block(Block&& other) noexcept
      : data_(std::exchange(other.data_, nullptr)),
        size_(std::exchange(other.size_, 0)),
        reservation_(std::move(other.reservation_)) {}
  Block& operator=(Block&& other) noexcept {
    std::free(data_);
    data_ = std::exchange(other.data_, nullptr);
    size_ = std::exchange(other.size_, 0);
    reservation_ = std::move(other.reservation_);
    return *this;
  }
  ~Block() { std::free(data_); }

  // Returns a block of `size` bytes whose content is undefined, or nothing if the budget or the
  // memory has no room for it.
  [[nodiscard]] static std::optional<Block> make(Budget& budget, std::size_t size) {
    Block block;
    if (!block.reservation_.grow(budget, size)) return std::nullopt;
    block.data_ = static_cast<char*>(std::malloc(size == 0 ? 1 : size));
    if (block.data_ == nullptr) return std::nullopt;
    block.size_ = size;
    return block;
  }
  // Returns a block that holds a copy of `bytes`, or nothing if there is no room for it.
  [[nodiscard]] static std::optional<Block> copyOf(Budget& budget, std::string_view bytes) {
    std::optional<Block> block = make(budget, bytes.size());
    if (block && !bytes.empty()) std::memcpy(block->data_, bytes.data(), bytes.size());
    return block;
  }

  // The bytes; null for a block that was made empty or moved from. They stay where they are when
  // the block is moved.
  [[nodiscard]] char* data() { return data_; }
  [[nodiscard]] std::string_view view() const { return {data_, size_}; }

 private:
  char* data_ = nullptr;
  std::size_t size_ = 0;
  Reservation reservation_;
};

}  // namespace kvista
