#include "wasm/open/open-parts.h"
#include "wasm/stores/durable-object/catalog.h"
#include "wasm/stores/durable-object/object.h"
#include "wasm/stores/durable-object/storage-store.h"

namespace kvista {

Result<std::shared_ptr<Store>> openInObject(std::string_view kind) {
  if (kind == "object") return std::make_shared<ObjectStore>();
  if (kind == "catalog") return std::make_shared<CatalogStore>();
  return std::make_shared<StorageStore>();
}

}  // namespace kvista
