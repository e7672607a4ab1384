// Mutations that keep JSON text JSON, so that a target sees more than its parser. Half of all
// mutations are libFuzzer's own, of one part.
#pragma once

#include <cstddef>
#include <cstdint>

namespace kvista::fuzz {

// As LLVMFuzzerCustomMutator, for inputs whose parts (input.h) are JSON.
[[nodiscard]] std::size_t mutateJson(std::uint8_t* data, std::size_t size, std::size_t mostBytes,
                                     unsigned seed);

}  // namespace kvista::fuzz
