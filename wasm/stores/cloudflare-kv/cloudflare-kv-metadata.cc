#include "wasm/stores/cloudflare-kv/cloudflare-kv-metadata.h"

#include "wasm/core/joined.h"
#include "wasm/text/json-object.h"

namespace kvista {
namespace {

// A member of our part of the metadata; nothing if it is not ours.
std::optional<JsonText> memberIn(std::string_view metadata, std::string_view name) {
  if (metadata.empty()) return std::nullopt;
  const std::optional<JsonObject> all = JsonObject::parse(metadata);
  const std::optional<JsonText> kvista = all ? all->find("kvista") : std::nullopt;
  const std::optional<JsonObject> ours = kvista ? JsonObject::parse(kvista->text) : std::nullopt;
  return ours ? ours->find(name) : std::nullopt;
}

}  // namespace

std::string metadataFor(std::string_view value, std::optional<std::int64_t> expiresAt) {
  const bool readAlone = value.starts_with("\xEF\xBB\xBF");
  if (!expiresAt) return readAlone ? R"({"kvista":{"readAlone":true}})" : "";
  return joined(
      {R"({"kvista":{"expiresAt":)", *expiresAt, readAlone ? R"(,"readAlone":true)" : "", "}}"});
}

std::optional<std::int64_t> expiryIn(std::string_view metadata) {
  const std::optional<JsonText> expiresAt = memberIn(metadata, "expiresAt");
  return expiresAt ? expiresAt->integer() : std::nullopt;
}

bool isReadAlone(std::string_view metadata) {
  const std::optional<JsonText> readAlone = memberIn(metadata, "readAlone");
  return readAlone && readAlone->text == "true";
}

}  // namespace kvista
