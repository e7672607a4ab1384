// The worlds that there are, each in a file of its own.
#pragma once

#include "tests/simulation/world.h"

namespace kvista::simulation {

extern const WorldKind kMemoryWorld;
extern const WorldKind kStorageWorld;
extern const WorldKind kObjectsWorld;
extern const WorldKind kKvWorld;
extern const WorldKind kFileWorld;
extern const WorldKind kRedisWorld;
extern const WorldKind kRedisClusterWorld;

}  // namespace kvista::simulation
