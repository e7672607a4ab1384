// Store: what serves operations. Each backend is one; the contract's rules that hold for all of
// them are checked by `admit` before a store sees a request.
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

  [[nodiscard]] virtual std::uint32_t capabilities() const = 0;

  // Whether `answer` serves every operation at once. Then `perform` is never called.
  [[nodiscard]] virtual bool answersAtOnce() const { return false; }

  // Serves the request without asking the host. Views in the answer live until the store is next
  // used.
  [[nodiscard]] virtual Result<Answer> answer(const Request& request, Budget& budget);

  // Serves the operation's request. The operation outlives the task; the store outlives both.
  [[nodiscard]] virtual Task<Answer> perform(Operation& operation);

 protected:
  // A task that ends at once, with that.
  [[nodiscard]] static Task<Answer> ended(Result<Answer> outcome);
};

}  // namespace kvista
