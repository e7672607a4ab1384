#include "wasm/open/open-parts.h"

namespace kvista {

Result<std::shared_ptr<Store>> openInObject(std::string_view /*kind*/) {
  return fail(Code::kUnsupported, "only the Workers runtime has Durable Objects",
              "open the store in a Worker, or in Miniflare over the bindings of its objects");
}

}  // namespace kvista
