#include "tests/simulation/faults.h"

#include <algorithm>
#include <bit>

#include "tests/simulation/random.h"

namespace kvista::simulation {

Faults::Faults(std::uint64_t seed, const test::Loop& loop, Tally& tally,
               const std::set<std::uint64_t>* only)
    : seed_(seed), loop_(loop), tally_(tally), only_(only) {
  constexpr double kSlowness[] = {0, 3, 20, 60};
  slownessMs_ = kSlowness[hashOf({seed, hashOf("slowness")}) % std::size(kSlowness)];
}

std::uint64_t Faults::rateOf(std::string_view kind) const {
  constexpr std::uint64_t kPermille[] = {0, 0, 8, 25, 60};
  return kPermille[hashOf({seed_, hashOf(kind)}) % std::size(kPermille)];
}

std::uint64_t Faults::draw(std::string_view kind, std::string_view where) {
  const auto when = std::bit_cast<std::uint64_t>(loop_.nowMs());
  const std::uint64_t site = hashOf({seed_, hashOf(kind), hashOf(where), when});
  return hashOf({site, ++asked_[site]});
}

bool Faults::strikes(std::string_view kind, std::string_view where) {
  return strikes(kind, where, rateOf(kind));
}

bool Faults::strikes(std::string_view kind, std::string_view where, std::uint64_t permille) {
  if (haveCeased_ || rateOf(kind) == 0) return false;
  const std::uint64_t id = draw(kind, where);
  if (id % 1000 >= permille || (only_ != nullptr && !only_->contains(id))) return false;
  struck_.push_back({id, loop_.nowMs(), kind, std::string(where)});
  note(kind);
  return true;
}

double Faults::delayMs(std::string_view where) {
  if (haveCeased_ || slownessMs_ == 0) return 0.125;
  const std::uint64_t drawn = draw("delay", where);
  // One in eight takes much longer than the others.
  const double most = drawn % 8 == 0 ? 10 * slownessMs_ : slownessMs_;
  const double delay = 0.125 + static_cast<double>(drawn / 8 % 1024) / 1024 * most;
  note("delay");
  const double arrivalMs = loop_.nowMs() + delay;
  if (arrivalMs < lastArrivalMs_) note("reorder");
  lastArrivalMs_ = std::max(lastArrivalMs_, arrivalMs);
  return delay;
}

std::uint64_t Faults::choose(std::string_view where, std::uint64_t limit) {
  return draw("choose", where) % limit;
}

}  // namespace kvista::simulation
