#include <array>

#include "tests/simulation/random.h"
#include "tests/simulation/worlds/kinds.h"

namespace kvista::simulation {

std::span<const WorldKind> worldKinds() {
  static const std::array kinds = {kMemoryWorld, kStorageWorld,      kObjectsWorld, kKvWorld,
                                   kRedisWorld,  kRedisClusterWorld, kFileWorld};
  return kinds;
}

const WorldKind& kindOf(std::uint64_t seed) {
  return worldKinds()[hashOf({seed, hashOf("world")}) % worldKinds().size()];
}

}  // namespace kvista::simulation
