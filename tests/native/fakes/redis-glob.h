// Redis's own pattern of MATCH: * ? [a-c] [^a] and \ before what is meant as it is.
#pragma once

#include <string_view>

namespace kvista::test {

[[nodiscard]] bool matchesGlob(std::string_view pattern, std::string_view text);

}  // namespace kvista::test
