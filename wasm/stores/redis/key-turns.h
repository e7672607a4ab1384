// Turns: of the operations of one store that each read a key, change it and write it back, one goes
// at a time for each key. They would only make each other start again: sixty at once over a record
// of a megabyte did not come to an end before their deadlines. It keeps nobody of another store
// out.
//
// A turn is only a note that operations look at, each when its own timer wakes it: no operation
// resumes another. Of one whose request died without a word, the turn ends with its deadline.
#pragma once

#include <map>
#include <string>
#include <string_view>

namespace kvista {

class KeyTurns {
 public:
  // One operation's turn at a key, given back when this is destroyed. The turns outlive it.
  class Turn {
   public:
    Turn(KeyTurns& turns, std::string_view key) : turns_(turns), key_(key) {}
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;
    ~Turn();

    // Whether it has the turn, from then on until `untilMs` at most.
    [[nodiscard]] bool take(double nowMs, double untilMs);

   private:
    KeyTurns& turns_;
    std::string key_;
  };

 private:
  struct Holder {
    const Turn* turn = nullptr;
    double untilMs = 0;
  };

  std::map<std::string, Holder, std::less<>> holders_;
};

}  // namespace kvista
