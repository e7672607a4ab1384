// Opening a store from its configuration: reading this shows which stores there are.
#pragma once

#include <memory>
#include <string_view>

#include "wasm/store/store.h"

namespace kvista {

// `config` is a JSON object with "kind" and what that kind takes:
//   memory                  maxBytes?: bytes of records, eviction?: "lru"
//   cloudflare-kv           writeIntervalMs?: least time between two writes of one key (1000)
//   cloudflare-kv-like      the same; has only get, put, delete and list
//   durable-object          catalogShards?: 1 to 64 (4)
//   durable-object-storage
//   redis, ioredis          cluster?: whether it is one; clientPrefix?: what the client puts before
//                           keys, addsClientPrefix?: in commands too
//   redis-like              has only get, set, del and scan
//   file                    durability?: "rename" or "fsync", createDirectory?: true or false,
//                           portableNames?: true
//   object, catalog         the logic of the classes KvObject and KvCatalog
// and, for those that callers open, keyNamespace?: a prefix that callers never see.
// INVALID_ARGUMENT names the member that is wrong.
[[nodiscard]] Result<std::shared_ptr<Store>> openStore(std::string_view config);

}  // namespace kvista
