// The bytes in flight in one instance, against the limit that it was opened with. What does not fit
// is refused before it is allocated, so that an allocation never has to fail.
#pragma once

#include <cstddef>
#include <utility>

namespace kvista {

class Budget {
 public:
  explicit Budget(std::size_t limitBytes) : limit_(limitBytes) {}
  Budget(const Budget&) = delete;
  Budget& operator=(const Budget&) = delete;

  [[nodiscard]] std::size_t limitBytes() const { return limit_; }
  [[nodiscard]] std::size_t inFlightBytes() const { return inFlight_; }
  [[nodiscard]] bool tryTake(std::size_t bytes) {
    if (bytes > limit_ - inFlight_) return false;
    inFlight_ += bytes;
    return true;
  }
  void giveBack(std::size_t bytes) { inFlight_ -= bytes; }

 private:
  std::size_t limit_;
  std::size_t inFlight_ = 0;
};

// Bytes taken from a budget, given back on destruction.
class Reservation {
 public:
  Reservation() = default;
  Reservation(Reservation&& other) noexcept
      : budget_(std::exchange(other.budget_, nullptr)), bytes_(std::exchange(other.bytes_, 0)) {}
  Reservation& operator=(Reservation&& other) noexcept {
    if (this != &other) {
      release();
      budget_ = std::exchange(other.budget_, nullptr);
      bytes_ = std::exchange(other.bytes_, 0);
    }
    return *this;
  }
  Reservation(const Reservation&) = delete;
  Reservation& operator=(const Reservation&) = delete;
  ~Reservation() { release(); }

  // Takes `bytes` more; false leaves the reservation as it was.
  [[nodiscard]] bool grow(Budget& budget, std::size_t bytes) {
    if (!budget.tryTake(bytes)) return false;
    budget_ = &budget;
    bytes_ += bytes;
    return true;
  }
  [[nodiscard]] std::size_t bytes() const { return bytes_; }
  void release() {
    if (budget_ != nullptr) budget_->giveBack(bytes_);
    budget_ = nullptr;
    bytes_ = 0;
  }

 private:
  Budget* budget_ = nullptr;
  std::size_t bytes_ = 0;
};

}  // namespace kvista
