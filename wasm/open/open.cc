#include "wasm/open/open.h"

#include <optional>
#include <string>

#include "wasm/contract/key.h"
#include "wasm/core/joined.h"
#include "wasm/open/open-parts.h"
#include "wasm/text/json-object.h"

namespace kvista {

std::unexpected<Error> wrongOption(std::string_view member, std::string_view allowed) {
  return fail(Code::kInvalidArgument, joined({member, " is not ", allowed}),
              "see the table of stores in kvista's README for the options of each");
}

Result<std::shared_ptr<Store>> openStore(std::string_view text) {
  const std::optional<JsonObject> parsed = JsonObject::parse(text);
  const std::optional<JsonText> namesKind = parsed ? parsed->find("kind") : std::nullopt;
  if (!namesKind) return wrongOption("the configuration", "an object");
  const JsonObject& config = *parsed;
  if (const std::optional<JsonText> member = config.find("keyNamespace")) {
    const std::optional<std::string> nameSpace = member->string();
    if (!nameSpace) return wrongOption("keyNamespace", "text");
    if (Result<void> ok = checkNamespace(*nameSpace); !ok) {
      return std::unexpected(std::move(ok.error()));
    }
  }
  const std::string kind = namesKind->string().value_or("");
  if (kind == "file") return openFile(config);
  if (kind == "object" || kind == "catalog" || kind == "durable-object-storage") {
    return openInObject(kind);
  }
  return openOutside(kind, config);
}

}  // namespace kvista
