// Write lanes: the order of writes to one key of Workers KV, which takes one write a second and
// promises no order. Of the writes that wait for their turn only the latest is sent. The earlier
// ones succeed when a later one does.
//
// A lane is a record that the operations of one store look at, each when its own timer wakes it. No
// operation resumes another. A place that is destroyed, because its operation ended or was given
// up, frees the lane for the next. A place whose request died is passed over when it did not look
// again in time.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace kvista {

// The writes of one key. Times are Unix milliseconds.
struct Lane {
  struct Waiting {
    std::uint64_t number = 0;
    double seenUntilMs = 0;  // it looks again before that, if its request lives
  };
  std::uint64_t issued = 0;     // the number of the last write that joined
  std::uint64_t completed = 0;  // the highest number that was carried out
  std::uint64_t inFlight = 0;   // the number of the write that is with the host, or 0
  double inFlightUntilMs = 0;   // its deadline, and a little more
  double nextTurnMs = 0;        // no write starts before that
  std::vector<Waiting> places;  // the writes that have not ended, in order
};

class WriteLanes {
 public:
  // `intervalMs` is the least time between the starts of two writes of one key.
  explicit WriteLanes(double intervalMs) : intervalMs_(intervalMs) {}

  // The place of one write in its key's lane. REQUIRES: the lanes outlive it.
  class Place {
   public:
    Place(WriteLanes& lanes, std::string_view key, double nowMs, double deadlineMs);
    Place(Place&& other) noexcept;
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;
    Place& operator=(Place&&) = delete;
    ~Place() { leave(); }

    // Returns whether this write or a later one of its key has been carried out.
    [[nodiscard]] bool isCarriedOut() const { return lane_->completed >= number_; }
    // Returns whether it is this write's turn: it is the latest that lives, and none is in flight.
    [[nodiscard]] bool mayStart(double nowMs) const;
    // Returns when to look again. The lane expects that, and passes over a place that does not.
    [[nodiscard]] double lookAgainMs(double nowMs);
    // The write is handed to the host.
    void start(double nowMs);
    // The host has carried it out. Ends the place.
    void succeed();
    // The host failed, and the write is to be repeated: no write of this key starts before
    // `untilMs`.
    void failed(double untilMs);
    // Ends the place; the others no longer wait for it.
    void leave();

   private:
    [[nodiscard]] bool isBlocked(double nowMs) const;
    [[nodiscard]] bool isLatest(double nowMs) const;

    WriteLanes* lanes_;
    Lane* lane_;
    std::string key_;
    std::uint64_t number_;
    double deadlineMs_;
  };

  // Forgets a few of the lanes in which nothing waits and whose next turn has come.
  void sweep(double nowMs);
  [[nodiscard]] std::size_t size() const { return lanes_.size(); }

 private:
  double intervalMs_;
  std::map<std::string, Lane> lanes_;
  std::string sweptUpTo_;
};

}  // namespace kvista
