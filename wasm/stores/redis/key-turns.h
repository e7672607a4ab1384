// Turns: of the operations of one store that each read a key, change it and write it back, only one
// goes at a time for each key. All at once would make each other start again: sixty of them over a
// record of a megabyte did not end before their deadlines. A turn keeps out no operation of another
// store.
//
// A turn is a note that operations look at, each when its own timer wakes it. No operation resumes
// another. The turn of an operation whose request died ends at the time that was given with it.
#pragma once

#include <map>
#include <string>
#include <string_view>

namespace kvista {

class KeyTurns {
 public:
  // The turn of one operation at a key. It is given back when this is destroyed. REQUIRES: the
  // turns outlive it.
  class Turn {
   public:
    Turn(KeyTurns& turns, std::string_view key) : turns_(turns), key_(key) {}
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;
    ~Turn();

    // Takes the turn if it is free, and returns whether this has it. It is kept until `untilMs` at
    // most (Unix milliseconds).
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
