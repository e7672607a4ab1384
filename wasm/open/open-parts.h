// Opening the stores that not every module has. A module is linked with one file for each of these
// functions: either the one that opens (open-outside.cc, open-file.cc, open-in-object.cc), or the
// one that fails with UNSUPPORTED (open-not-outside.cc, open-no-file.cc, open-not-in-object.cc). In
// the second case the module does not hold those stores at all.
#pragma once

#include <memory>
#include <string_view>

#include "wasm/store/store.h"
#include "wasm/text/json-object.h"

namespace kvista {

// Opens a store that runs outside of Durable Objects, in Node and in workerd: memory, Workers KV,
// Redis and the store over Durable Objects. Fails with INVALID_ARGUMENT for any other kind.
[[nodiscard]] Result<std::shared_ptr<Store>> openOutside(std::string_view kind,
                                                         const JsonObject& config);

// Opens the store in a directory, for Node.
[[nodiscard]] Result<std::shared_ptr<Store>> openFile(const JsonObject& config);

// Opens what runs inside a Durable Object, for workerd. REQUIRES: `kind` is "object", "catalog" or
// "durable-object-storage".
[[nodiscard]] Result<std::shared_ptr<Store>> openInObject(std::string_view kind);

// Returns INVALID_ARGUMENT, for a member of the configuration that is not what is allowed.
[[nodiscard]] std::unexpected<Error> wrongOption(std::string_view member, std::string_view allowed);

}  // namespace kvista
