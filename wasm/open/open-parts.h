// Opening the stores that not every module has. A module is linked with one file for each of these
// functions: the one that opens (open-outside.cc, open-file.cc, open-in-object.cc), or the one that
// refuses (open-not-outside.cc, open-no-file.cc, open-not-in-object.cc), and then it does not hold
// those stores at all.
#pragma once

#include <memory>
#include <string_view>

#include "wasm/store/store.h"
#include "wasm/text/json-object.h"

namespace kvista {

// What runs outside of Durable Objects, in Node and in workerd: memory, Workers KV, Redis, and the
// Durable Objects' client. INVALID_ARGUMENT for any other kind.
[[nodiscard]] Result<std::shared_ptr<Store>> openOutside(std::string_view kind,
                                                         const JsonObject& config);

// The store in a directory: for Node.
[[nodiscard]] Result<std::shared_ptr<Store>> openFile(const JsonObject& config);

// What runs inside a Durable Object ("object", "catalog", "durable-object-storage"): for workerd.
[[nodiscard]] Result<std::shared_ptr<Store>> openInObject(std::string_view kind);

// INVALID_ARGUMENT, for an option that is not what is allowed.
[[nodiscard]] std::unexpected<Error> wrongOption(std::string_view member, std::string_view allowed);

}  // namespace kvista
