// Capabilities: what a store can do beyond get, set, delete and list. They are fixed when the store
// is opened, and a request that needs one that is missing fails with UNSUPPORTED (admit.h).
//
// The numbers are bits that cross the boundary (twin: `capabilityBits` in
// bindings/boundary/capability-bits.ts, tied by `facts` in tests/node/boundary/golden.json).
#pragma once

#include <cstdint>

namespace kvista::capability {

inline constexpr std::uint32_t kCompareAndSet = 1;      // conditional writes are atomic
inline constexpr std::uint32_t kPatch = 2;              // so is a merge into what is stored
inline constexpr std::uint32_t kLinearizableReads = 4;  // a read finds the last acknowledged write
inline constexpr std::uint32_t kExpiry = 8;             // a value may have an expiry
inline constexpr std::uint32_t kOrderedPages = 16;      // pages are sorted and repeat no key
inline constexpr std::uint32_t kAll = 31;

}  // namespace kvista::capability
