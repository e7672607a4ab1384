// The budget: how many bytes are in flight in one instance, and the limit that it was opened with.
// It allocates nothing. Whoever allocates takes the bytes from the budget first, so that a request
// is refused before an allocation could fail.
#pragma once

#include <cstddef>
#include <utility>

namespace kvista {

class Budget {
 public:
  // REQUIRES: the budget outlives all reservations of it.
  explicit Budget(std::size_t limitBytes) : limit_(limitBytes) {}
  Budget(const Budget&) = delete;
  Budget& operator=(const Budget&) = delete;

  [[nodiscard]] std::size_t limitBytes() const { return limit_; }
  [[nodiscard]] std::size_t inFlightBytes() const { return inFlight_; }
  // Takes `bytes` and returns true, or takes nothing and returns false if they pass the limit.
  [[nodiscard]] bool tryTake(std::size_t bytes) {
    if (bytes > limit_ - inFlight_) return false;
    inFlight_ += bytes;
    return true;
  }
  // REQUIRES: `bytes` were taken and have not been given back.
  void giveBack(std::size_t bytes) { inFlight_ -= bytes; }

 private:
  std::size_t limit_;
  std::size_t inFlight_ = 0;
};

// Bytes taken from a budget. They are given back when the reservation is destroyed.
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

  // Takes `bytes` more and returns true, or returns false and leaves the reservation as it was.
  // REQUIRES: it is the same budget at each call.
  [[nodiscard]] bool grow(Budget& budget, std::size_t bytes) {
    if (!budget.tryTake(bytes)) return false;
    budget_ = &budget;
    bytes_ += bytes;
    return true;
  }
  // How many bytes are taken.
  [[nodiscard]] std::size_t bytes() const { return bytes_; }
  // Gives all of it back.
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
