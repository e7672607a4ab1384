#include "tests/native/support/backend.h"

#include <catch2/catch_test_macros.hpp>

#include "wasm/stores/store.h"

namespace kvista::test {

Backend::Backend(std::string storeKind)
    : kind(std::move(storeKind)), nobody([](const Asked& asked) {
        FAIL("the memory store asked its host for verb " << static_cast<int>(asked.verb));
        return Replied{};
      }) {
  driver_ = another();
}

std::uint32_t Backend::capabilities() const {
  if (kind == "cloudflare-kv") return capability::kExpiry | capability::kOrderedPages;
  return capability::kCompareAndSet | capability::kPatch | capability::kLinearizableReads |
         capability::kExpiry | capability::kOrderedPages;
}

std::unique_ptr<Driver> Backend::another(std::string_view config) {
  const std::string plain = R"({"kind":")" + kind + R"(","maxBytes":1000000000})";
  return std::make_unique<Driver>(loop, host(), config.empty() ? plain : config);
}

Host& Backend::host() {
  if (kind == "memory") return nobody;
  if (kind == "cloudflare-kv") return kv;
  if (kind == "durable-object") return objects.worker();
  if (kind == "file") return files;
  REQUIRE(kind == "durable-object-storage");
  return sqlite;
}

}  // namespace kvista::test
