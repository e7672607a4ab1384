#include "wasm/open/open-parts.h"

namespace kvista {

Result<std::shared_ptr<Store>> openOutside(std::string_view /*kind*/,
                                           const JsonObject& /*config*/) {
  return fail(Code::kUnsupported, "this core has other stores",
              "open the store with kvista's own functions, which choose the core");
}

}  // namespace kvista
