// Opening a store from its configuration. Reading open.cc and open-outside.cc shows which stores
// exist.
#pragma once

#include <memory>
#include <string_view>

#include "wasm/store/store.h"

namespace kvista {

// Opens a store. `config` is JSON text: an object with "kind" and the members of that kind. A
// member with a question mark may be missing; its default stands behind it.
//
//   kind                    member             meaning
//   memory                  maxBytes?          bytes of keys, values and overhead (64 MiB)
//                           eviction?          "lru" (none: a write that does not fit fails)
//   cloudflare-kv           writeIntervalMs?   the least time between two writes of a key (1000)
//   cloudflare-kv-like      writeIntervalMs?   the same, over a binding that has only get, put,
//                                              delete and list
//   durable-object          catalogShards?     1 to 64 (4)
//   durable-object-storage
//   redis, ioredis          cluster?           whether the client is one of a cluster (false)
//                           clientPrefix?      what the client itself puts before keys ("")
//                           addsClientPrefix?  whether it does so in commands too (false)
//   redis-like              as redis           a client that has only get, set, del and scan
//   file                    durability?        "rename" or "fsync" ("rename")
//                           createDirectory?   whether a missing directory is made (true)
//                           portableNames?     whether names suit every file system (false: the
//                                              file system is tried when the store is opened)
//   object, catalog                            the logic of the classes KvObject and KvCatalog
//
// All of them take keyNamespace?, the prefix of a store's keys that callers never see.
//
// Fails with INVALID_ARGUMENT, which names the member that is wrong, and with UNSUPPORTED if this
// module does not have the kind.
[[nodiscard]] Result<std::shared_ptr<Store>> openStore(std::string_view config);

}  // namespace kvista
