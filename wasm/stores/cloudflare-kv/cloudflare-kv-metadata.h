// The metadata that the store keeps beside a value in Workers KV:
//
//   metadata = {"kvista":{members}}      only beside a value that has one of the members
//   members  = "expiresAt":UNIX_SECONDS  the value expires
//            / "readAlone":true          the value begins with a byte order mark, which a bulk read
//                                        drops
//            / both, in this order
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace kvista {

// Returns the metadata of a value; empty if it has none.
[[nodiscard]] std::string metadataFor(std::string_view value,
                                      std::optional<std::int64_t> expiresAt);

// Returns the expiry in Unix seconds, or nothing if there is none. Metadata of another program has
// none.
[[nodiscard]] std::optional<std::int64_t> expiryIn(std::string_view metadata);

// Returns whether the value must not be read in bulk.
[[nodiscard]] bool isReadAlone(std::string_view metadata);

}  // namespace kvista
