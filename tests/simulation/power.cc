#include <algorithm>

#include "tests/simulation/checks.h"
#include "tests/simulation/key-model.h"

namespace kvista::simulation {

void forgetUndone(std::vector<KeyOperation>& operations, const History& history,
                  const std::vector<double>& powerLosses) {
  for (const double atMs : powerLosses) {
    const std::vector<KeyOperation> all = operations;
    std::erase_if(operations, [&](const KeyOperation& look) {
      if (changes(look) || look.beginMs > atMs) return false;
      return std::ranges::any_of(all, [&](const KeyOperation& write) {
        const bool wasUnderWay = write.effect == KeyOperation::Effect::kMaybe &&
                                 write.beginMs <= atMs &&
                                 atMs <= history.records[write.record].endMs;
        return wasUnderWay && look.end > write.begin;
      });
    });
  }
}

}  // namespace kvista::simulation
