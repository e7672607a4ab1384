// The stores under test, each with all that it stands on, opened by the name of its kind.
#pragma once

#include "tests/native/support/fake-objects.h"
#include "tests/native/support/file-host.h"

namespace kvista::test {

inline constexpr const char* kStoreKinds[] = {"memory", "cloudflare-kv", "durable-object",
                                              "durable-object-storage", "file"};

struct Backend {
  // Another driver over the same data is a Worker in another isolate.
  explicit Backend(std::string storeKind);

  [[nodiscard]] Driver& driver() { return *driver_; }
  // What the contract says of this store (contract/…: capability).
  [[nodiscard]] std::uint32_t capabilities() const;
  // A store in another isolate over the same data; not for memory, which has none to share.
  [[nodiscard]] std::unique_ptr<Driver> another(std::string_view config = {});

  std::string kind;
  Loop loop{};
  KvHost kv{loop};
  SqliteHost sqlite{};
  FakeObjects objects{loop};
  FileHost files{loop};
  FunctionHost nobody;

 private:
  [[nodiscard]] Host& host();
  std::unique_ptr<Driver> driver_;
};

}  // namespace kvista::test
