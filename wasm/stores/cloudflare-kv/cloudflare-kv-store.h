// The Workers KV store: plain values under their own keys, with the exact expiry in the key's
// metadata (cloudflare-kv-metadata.h). Reads may be stale by a minute or more and there is no
// compare-and-set: so is the platform, and `diagnose` says it.
//
// A binding that has only get, put, delete and list keeps no metadata. A store over it has no
// expiry, and its host ignores the metadata of kWrite.
//
// The host performs kRead, kReadMany, kWrite, kRemove and kScan. The value of a reply to kReadMany
// holds for each key, in the order asked:
//
//   u32   value length     0xFFFFFFFF if the key is absent
//   u32   metadata length
//         value, metadata, end to end
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "wasm/contract/retry.h"
#include "wasm/store/store.h"
#include "wasm/stores/cloudflare-kv/write-lanes.h"

namespace kvista {

class CloudflareKvStore final : public Store {
 public:
  // `writeIntervalMs` is the least time between two writes of one key: Workers KV takes one a
  // second. `keepsMetadata` is false for a binding that has only get, put, delete and list.
  CloudflareKvStore(double writeIntervalMs, bool keepsMetadata)
      : keepsMetadata_(keepsMetadata), lanes_(writeIntervalMs) {}

  [[nodiscard]] std::uint32_t capabilities() const override {
    return capability::kOrderedPages | (keepsMetadata_ ? capability::kExpiry : 0);
  }
  [[nodiscard]] Task<Answer> perform(Operation& operation) override;

  // One write of an operation. The views lie in the operation's request.
  struct Write {
    std::string_view key;
    std::string_view value;
    bool isRemoval = false;
    std::optional<std::int64_t> expiresAt;
    std::string metadata;
  };

 private:
  [[nodiscard]] Task<Answer> read(Operation& operation);
  [[nodiscard]] Task<Answer> readMany(Operation& operation);
  [[nodiscard]] Task<Answer> writeOne(Operation& operation);
  [[nodiscard]] Task<Answer> writeMany(Operation& operation);
  // Carries out writes and returns for each why it failed, or nothing if it did not.
  [[nodiscard]] Task<std::vector<std::optional<Error>>> carryOut(Operation& operation,
                                                                 std::vector<Write> writes);
  [[nodiscard]] Task<Answer> list(Operation& operation);

  bool keepsMetadata_;
  WriteLanes lanes_;
};

}  // namespace kvista
