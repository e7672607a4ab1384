#include "tests/simulation/shrink.h"

#include <algorithm>

namespace kvista::simulation {
namespace {

// Runs that shrinking may take.
constexpr int kMaxRuns = 3000;

class Shrinker {
 public:
  Shrinker(const WorldKind& kind, Shrunk start) : kind_(kind), best_(std::move(start)) {}

  Shrunk shrink() {
    fixTimes();
    for (bool isSmaller = true; isSmaller && left_ > 0;) {
      const std::size_t before = best_.plan.operations.size() + best_.faults.size();
      leaveOut([&] { return best_.plan.operations.size(); },
               [](Shrunk& from, std::size_t first, std::size_t count) {
                 std::vector<Planned>& all = from.plan.operations;
                 const auto begin = all.begin() + static_cast<std::ptrdiff_t>(first);
                 all.erase(begin, begin + static_cast<std::ptrdiff_t>(count));
               });
      leaveOut([&] { return best_.faults.size(); },
               [](Shrunk& from, std::size_t first, std::size_t count) {
                 auto begin = std::next(from.faults.begin(), static_cast<std::ptrdiff_t>(first));
                 from.faults.erase(begin, std::next(begin, static_cast<std::ptrdiff_t>(count)));
               });
      isSmaller = best_.plan.operations.size() + best_.faults.size() < before;
    }
    // What is told is of the plan that is kept: its records point there.
    static_cast<void>(fails(best_));
    return std::move(best_);
  }

 private:
  // Lets each operation begin when it did, whatever is left out before it; if it still fails so.
  void fixTimes() {
    Shrunk candidate{best_.plan, best_.faults, {}, best_.problem};
    std::map<std::uint64_t, double> begins;
    for (const Record& one : best_.ran.history.records) {
      if (one.planned != nullptr) begins[one.planned->id] = one.beginMs - best_.ran.zeroMs;
    }
    for (Planned& one : candidate.plan.operations) one.beginsAtMs = begins[one.id];
    if (fails(candidate)) best_ = std::move(candidate);
  }

  using Remove = void (*)(Shrunk& from, std::size_t first, std::size_t count);

  void leaveOut(const std::function<std::size_t()>& size, Remove remove) {
    for (std::size_t count = std::max<std::size_t>(1, size() / 2); size() > 0; count /= 2) {
      for (std::size_t first = 0; first < size() && left_ > 0;) {
        Shrunk candidate{best_.plan, best_.faults, {}, best_.problem};
        remove(candidate, first, std::min(count, size() - first));
        if (fails(candidate)) {
          best_ = std::move(candidate);
        } else {
          first += count;
        }
      }
      if (count <= 1) return;
    }
  }

  bool fails(Shrunk& candidate) {
    --left_;
    Tally unused;
    candidate.ran = run(kind_, candidate.plan, unused, &candidate.faults);
    const auto same =
        std::ranges::find(candidate.ran.problems, candidate.problem.kind, &Problem::kind);
    if (same == candidate.ran.problems.end()) return false;
    candidate.problem = *same;
    return true;
  }

  const WorldKind& kind_;
  Shrunk best_;
  int left_ = kMaxRuns;
};

}  // namespace

Shrunk shrink(const WorldKind& kind, const Plan& plan, Ran ran, const Problem& problem) {
  std::set<std::uint64_t> faults;
  for (const Faults::Struck& one : ran.struck) faults.insert(one.id);
  return Shrinker(kind, {plan, std::move(faults), std::move(ran), problem}).shrink();
}

}  // namespace kvista::simulation
