#include "tests/simulation/linearizability.h"

#include <algorithm>
#include <bit>
#include <map>

#include "tests/simulation/key-model.h"

namespace kvista::simulation {
namespace {

// Bits of a configuration.
constexpr std::size_t kMaxAtOnce = 64;

struct Place {
  KeyState state;
  std::uint64_t applied = 0;  // of the operations that are under way
  auto operator<=>(const Place&) const = default;
};
// Where the search is, with the writes of unknown outcome that it used: alternatives of which none
// used a part of what another did.
using Places = std::map<Place, std::vector<std::uint64_t>>;

bool isPartOf(std::uint64_t part, std::uint64_t whole) { return (part & ~whole) == 0; }

// Whether it is new, and not worse than what is there.
bool add(Places& places, const Place& place, std::uint64_t used) {
  std::vector<std::uint64_t>& known = places[place];
  if (std::ranges::any_of(known, [&](std::uint64_t one) { return isPartOf(one, used); })) {
    return false;
  }
  std::erase_if(known, [&](std::uint64_t one) { return isPartOf(used, one); });
  known.push_back(used);
  return true;
}

class Search {
 public:
  Search(const std::vector<KeyOperation>& history, const Merge& merge, std::size_t bound)
      : history_(history), merge_(merge), left_(bound) {}

  Judgement run() {
    if (const std::optional<std::size_t> tooMany = layOut()) {
      return {Verdict::kUndecided, *tooMany};
    }
    seen_.resize(ends_.size() + 1);
    visit(0, {}, 0);
    std::size_t farthest = 0;
    while (!open_.empty()) {
      const Step step = open_.back();
      open_.pop_back();
      if (step.end == ends_.size()) return {};
      farthest = std::max(farthest, step.end);
      if (left_-- == 0) return {Verdict::kUndecided, ends_[farthest].operation};
      goOn(step);
    }
    return ends_.empty() ? Judgement{}
                         : Judgement{Verdict::kNotLinearizable, ends_[farthest].operation};
  }

 private:
  struct Active {
    std::size_t operation;
    std::uint64_t bit;
  };
  // An operation ends: by then it is in order. What may be put in order before it is under way.
  struct End {
    std::size_t operation;
    std::uint64_t bit;
    std::vector<Active> active;
    std::vector<Active> maybe;
  };
  // The operations that ended before that end are in order.
  struct Step {
    std::size_t end;
    Place place;
    std::uint64_t used;
  };

  // Which operations are under way at each end; one that there is no bit for.
  std::optional<std::size_t> layOut() {
    struct Event {
      std::uint64_t when;
      bool isEnd;
      std::size_t operation;
    };
    std::vector<Event> events;
    for (std::size_t i = 0; i < history_.size(); ++i) {
      events.push_back({history_[i].begin, false, i});
      if (history_[i].end != kOpen) events.push_back({history_[i].end, true, i});
    }
    std::ranges::sort(events, {}, &Event::when);
    std::vector<Active> active;
    std::vector<Active> maybe;
    for (const Event& event : events) {
      if (event.isEnd) {
        const auto at = std::ranges::find(active, event.operation, &Active::operation);
        ends_.push_back({event.operation, at->bit, active, maybe});
        active.erase(at);
        continue;
      }
      std::vector<Active>& list = history_[event.operation].end == kOpen ? maybe : active;
      std::uint64_t taken = 0;
      for (const Active& one : list) taken |= one.bit;
      const auto slot = static_cast<std::size_t>(std::countr_one(taken));
      if (slot >= kMaxAtOnce) return event.operation;
      list.push_back({event.operation, std::uint64_t{1} << slot});
    }
    return std::nullopt;
  }

  void visit(std::size_t end, const Place& place, std::uint64_t used) {
    if (add(seen_[end], place, used)) open_.push_back({end, place, used});
  }

  // The ways on from there. The one that is tried first comes last: the ending operation itself.
  void goOn(const Step& step) {
    const End& end = ends_[step.end];
    Place place = step.place;
    settle(place, end);
    if ((place.applied & end.bit) != 0) {
      place.applied &= ~end.bit;
      return visit(step.end + 1, place, step.used);
    }
    for (const Active& one : end.maybe) {
      if ((step.used & one.bit) != 0) continue;
      const NextStates next = apply(history_[one.operation], place.state, merge_);
      for (const KeyState& state : next.all()) {
        if (state != place.state) visit(step.end, {state, place.applied}, step.used | one.bit);
      }
    }
    const auto put = [&](const Active& one) {
      if ((place.applied & one.bit) != 0 || !changes(history_[one.operation])) return;
      const NextStates next = apply(history_[one.operation], place.state, merge_);
      for (const KeyState& state : next.all()) {
        visit(step.end, {state, place.applied | one.bit}, step.used);
      }
    };
    for (const Active& one : end.active) {
      if (one.bit != end.bit) put(one);
    }
    put({end.operation, end.bit});
  }

  // What only looks, and finds what it told, is put in order at once: that rules nothing out.
  void settle(Place& place, const End& end) const {
    for (const Active& one : end.active) {
      if ((place.applied & one.bit) != 0 || changes(history_[one.operation])) continue;
      const NextStates next = apply(history_[one.operation], place.state, merge_);
      if (!next.all().empty()) place.applied |= one.bit;
    }
  }

  const std::vector<KeyOperation>& history_;
  const Merge& merge_;
  std::size_t left_;
  std::vector<End> ends_;
  std::vector<Places> seen_;  // at each end
  std::vector<Step> open_;
};

}  // namespace

Judgement judge(const std::vector<KeyOperation>& history, const Merge& merge, std::size_t bound) {
  return Search(history, merge, bound).run();
}

}  // namespace kvista::simulation
