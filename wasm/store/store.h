// Store: what serves operations over one kind of backend. The rules of the contract that hold for
// all stores are checked by `admit` before a store sees a request.
#pragma once

#include <cstdint>
#include <string>

#include "wasm/contract/capability.h"
#include "wasm/core/operation.h"

namespace kvista {

class Store {
 public:
  Store() = default;
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;
  virtual ~Store() = default;

  // The bits of what it can do (capability.h). They do not change while it is open.
  [[nodiscard]] virtual std::uint32_t capabilities() const = 0;

  // Returns whether the store answers without its host. If so, only `answer` is called, otherwise
  // only `perform`.
  [[nodiscard]] virtual bool answersAtOnce() const { return false; }

  // Serves a request that `admit` has passed. The answer's views live until the store is next used.
  [[nodiscard]] virtual Result<Answer> answer(const Request& request, Budget& budget);

  // Serves the request of an operation, which `admit` has passed, and fails with the contract's
  // codes. REQUIRES: the operation outlives the task, and the store outlives both.
  [[nodiscard]] virtual Task<Answer> perform(Operation& operation);

 protected:
  // Returns a task that ends at once with that result.
  [[nodiscard]] static Task<Answer> ended(Result<Answer> result);
};

}  // namespace kvista
