// The stores under test, each with all that it stands on, opened by the name of its kind.
#pragma once

#include "tests/native/fakes/fake-objects.h"
#include "tests/native/fakes/fake-redis-scripts.h"
#include "tests/native/fakes/file-host.h"
#include "tests/native/fakes/redis-host.h"

namespace kvista::test {

// "redis-cluster" is the Redis store over a cluster.
inline constexpr const char* kStoreKinds[] = {
    "memory", "cloudflare-kv", "durable-object", "durable-object-storage",
    "file",   "redis",         "redis-cluster",  "redis-like"};

inline constexpr std::size_t kRedisMasters = 3;

struct Backend {
  // Another driver over the same data is a Worker in another isolate.
  explicit Backend(std::string storeKind);

  [[nodiscard]] Driver& driver() { return *driver_; }
  // What the contract says of this store (contract/…: capability).
  [[nodiscard]] std::uint32_t capabilities() const;
  // A store in another isolate, over a directory in another process, over the same data; not for
  // memory, which has none to share.
  [[nodiscard]] std::unique_ptr<Driver> another(std::string_view config = {});

  std::string kind;
  Loop loop{};
  KvHost kv{loop};
  SqliteHost sqlite{};
  FakeObjects objects{loop};
  FileHost files{loop};
  RedisHost redis{loop, fakeRedisScripts(), kind == "redis-cluster" ? kRedisMasters : 0};
  FunctionHost nobody;

 private:
  [[nodiscard]] Host& host();
  [[nodiscard]] FileHost& otherFileHost();
  // Of the further processes.
  std::vector<std::unique_ptr<FileHost>> otherFiles_;
  std::unique_ptr<Driver> driver_;
};

}  // namespace kvista::test
