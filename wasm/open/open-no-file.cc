#include "wasm/open/open-parts.h"

namespace kvista {

Result<std::shared_ptr<Store>> openFile(const JsonObject& /*config*/) {
  return fail(
      Code::kUnsupported, "this core has no directory",
      "in Node, open it with fileKvStore; the Workers runtime has no file system that lasts: use "
      "Workers KV, Durable Objects or Redis");
}

}  // namespace kvista
