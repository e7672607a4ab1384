#include <string>

#include "wasm/open/open-parts.h"
#include "wasm/stores/file/file-store.h"

namespace kvista {

Result<std::shared_ptr<Store>> openFile(const JsonObject& config) {
  FileStore::Options options;
  const auto textOf = [&](std::string_view member) {
    const std::optional<JsonText> found = config.find(member);
    return found ? found->string().value_or("") : std::string();
  };
  const auto isSet = [&](std::string_view member, std::string_view to) {
    const std::optional<JsonText> found = config.find(member);
    return found && found->text == to;
  };
  const std::string durability = textOf("durability");
  options.syncs = durability == "fsync";
  if (config.find("durability") && !options.syncs && durability != "rename") {
    return wrongOption("durability", R"("rename" or "fsync")");
  }
  options.createDirectory = !isSet("createDirectory", "false");
  if (config.find("createDirectory") && options.createDirectory &&
      !isSet("createDirectory", "true")) {
    return wrongOption("createDirectory", "true or false");
  }
  options.portableNames = isSet("portableNames", "true");
  return std::make_shared<FileStore>(std::move(options));
}

}  // namespace kvista
