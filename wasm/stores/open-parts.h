// Opening the stores that not every runtime has. A module is linked with one file for each of these
// functions: the one that opens (open-file.cc, open-in-object.cc), or the one that refuses
// (open-no-file.cc, open-not-in-object.cc), and then it does not hold those stores at all.
#pragma once

#include <memory>
#include <string_view>

#include "wasm/stores/store.h"
#include "wasm/text/json-object.h"

namespace kvista {

// The store in a directory: for Node.
[[nodiscard]] Result<std::shared_ptr<Store>> openFile(const JsonObject& config);

// What runs inside a Durable Object ("object", "catalog", "durable-object-storage"): for workerd.
[[nodiscard]] Result<std::shared_ptr<Store>> openInObject(std::string_view kind);

// INVALID_ARGUMENT, for an option that is not what is allowed.
[[nodiscard]] std::unexpected<Error> wrongOption(std::string_view member, std::string_view allowed);

}  // namespace kvista
