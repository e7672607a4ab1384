// Write lanes: the order of writes to one key of Workers KV, which takes one write a second and
// promises no order of its own. Of the writes that wait for their turn only the latest is sent; the
// earlier ones are told that they are done when a later one is.
//
// A lane is only a record that the operations of one store look at, each when its own timer wakes
// it: no operation ever resumes another. A place that goes away (its operation ended, or was given
// up) frees the lane for the next; one whose request died without a word is passed over once it was
// not seen at its time.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace kvista {

struct Lane {
  struct Waiting {
    std::uint64_t number = 0;
    double seenUntilMs = 0;  // by then it looks again, if its request lives
  };
  std::uint64_t issued = 0;     // the number of the last write that joined
  std::uint64_t completed = 0;  // the highest number that was carried out
  std::uint64_t inFlight = 0;   // the number of the write that is with the host, or 0
  double inFlightUntilMs = 0;   // its deadline, and a little more
  double nextTurnMs = 0;        // no write starts before
  std::vector<Waiting> places;  // those that are not settled, in order
};

class WriteLanes {
 public:
  // `intervalMs` is the least time between the starts of two writes of one key.
  explicit WriteLanes(double intervalMs) : intervalMs_(intervalMs) {}

  // One write's place in its key's lane.
  class Place {
   public:
    Place(WriteLanes& lanes, std::string_view key, double nowMs, double deadlineMs);
    Place(Place&& other) noexcept;
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;
    Place& operator=(Place&&) = delete;
    ~Place() { leave(); }

    // Whether this write or a later one of the same key has been carried out.
    [[nodiscard]] bool isCarriedOut() const { return lane_->completed >= number_; }
    // Whether it is this write's turn: it is the latest that lives, and nothing is in flight.
    [[nodiscard]] bool mayStart(double nowMs) const;
    // When to look again. The lane counts on it.
    [[nodiscard]] double lookAgainMs(double nowMs);
    void start(double nowMs);
    void succeed();
    // The host did not carry it out, as far as is known: none of this key before `untilMs`.
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

  // Forgets lanes that nobody waits in and whose turn has come: a few at a time.
  void sweep(double nowMs);
  [[nodiscard]] std::size_t size() const { return lanes_.size(); }

 private:
  double intervalMs_;
  std::map<std::string, Lane> lanes_;
  std::string sweptUpTo_;
};

}  // namespace kvista
