#include "tests/native/support/backend.h"

#include <catch2/catch_test_macros.hpp>

#include "wasm/store/store.h"

namespace kvista::test {

Backend::Backend(std::string storeKind)
    : kind(std::move(storeKind)), nobody([](const Asked& asked) {
        FAIL("the memory store asked its host for verb " << static_cast<int>(asked.verb));
        return Replied{};
      }) {
  redis.isBasic = kind == "redis-like";
  driver_ = another();
}

std::uint32_t Backend::capabilities() const {
  if (kind == "cloudflare-kv") return capability::kExpiry | capability::kOrderedPages;
  if (kind == "redis-like") return 0;
  const std::uint32_t unordered = capability::kCompareAndSet | capability::kPatch |
                                  capability::kLinearizableReads | capability::kExpiry;
  if (kind == "redis" || kind == "redis-cluster") return unordered;
  return unordered | capability::kOrderedPages;
}

std::unique_ptr<Driver> Backend::another(std::string_view config) {
  const std::string plain = kind == "redis-cluster"
                                ? R"({"kind":"redis","cluster":true})"
                                : R"({"kind":")" + kind + R"(","maxBytes":1000000000})";
  return std::make_unique<Driver>(loop, host(), config.empty() ? plain : config);
}

FileHost& Backend::otherFileHost() {
  return *otherFiles_.emplace_back(std::make_unique<FileHost>(loop, files.directory));
}

Host& Backend::host() {
  if (kind == "memory") return nobody;
  if (kind == "cloudflare-kv") return kv;
  if (kind == "durable-object") return objects.worker();
  if (kind == "file") return driver_ ? otherFileHost() : files;
  if (kind.starts_with("redis")) return redis;
  REQUIRE(kind == "durable-object-storage");
  return sqlite;
}

}  // namespace kvista::test
