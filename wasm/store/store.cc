#include "wasm/store/store.h"

namespace kvista {
namespace {

std::unexpected<Error> notServed() {
  return fail(Code::kUnsupported, "this store does not serve the operation that way",
              "this is a fault in kvista: please report it");
}

}  // namespace

Result<Answer> Store::answer(const Request& /*request*/, Budget& /*budget*/) { return notServed(); }

Task<Answer> Store::perform(Operation& operation) {
  return ended(answer(operation.request(), operation.budget()));
}

Task<Answer> Store::ended(Result<Answer> result) { co_return result; }

}  // namespace kvista
