// What the clients of one run do, as data: drawn from the seed before anything happens, so that
// operations can be left out of it.
#pragma once

#include <string>
#include <vector>

#include "tests/native/support/call.h"
#include "tests/simulation/random.h"

namespace kvista::simulation {

enum class ValueForm { kSmall, kText, kLarge, kHuge };
enum class ExpiryForm { kNone, kTtl, kMoment };
// Which version a conditional write expects: the last that its client saw, one that it saw before,
// none (the key is to be absent), or one that nothing ever had.
enum class Expects { kLast, kEarlier, kAbsence, kNonsense };

struct PlannedItem {
  std::size_t key = 0;
  ValueForm form = ValueForm::kSmall;
  ExpiryForm expiry = ExpiryForm::kNone;
  double seconds = 0;  // to live, or from now to the moment
};

struct Planned {
  std::uint64_t id = 0;
  std::size_t client = 0;
  // It begins that long after the client's operation before it has ended, or has begun.
  bool waits = true;
  double pauseMs = 0;
  bool beginsOnSecond = false;  // and then at a whole second
  // Or then, whatever its client did before: so many milliseconds into the run.
  std::optional<double> beginsAtMs{};
  Op op = Op::kGet;
  std::vector<PlannedItem> items{};  // one, or those of a batch; none of a listing
  Expects expects = Expects::kLast;
  bool wantsVersion = false;
  std::string prefix{};
  double limit = 0;  // of a page
  double deadlineMs = 10'000;
};

struct Plan {
  std::uint64_t seed = 0;
  std::size_t clients = 0;
  std::string nameSpace{};
  std::vector<std::string> keys{};
  std::vector<Planned> operations{};
};

// What a store of that kind takes.
struct Abilities {
  bool compares = true;   // compareAndSet, compareAndDelete and patch
  double pace = 1;        // how much longer than others its clients pause
  bool takesHuge = true;  // values of megabytes, in a few runs
};

[[nodiscard]] Plan planFor(std::uint64_t seed, const Abilities& abilities);

// The text that the operation with that id writes to its item `i`: no other has it.
[[nodiscard]] std::string valueOf(std::uint64_t id, std::size_t i, ValueForm form);
[[nodiscard]] std::string patchOf(std::uint64_t id);

}  // namespace kvista::simulation
