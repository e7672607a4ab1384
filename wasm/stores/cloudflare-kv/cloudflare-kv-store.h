// The Workers KV store: plain values under their own keys, with the exact expiry in the key's
// metadata (cloudflare-kv-metadata.h). Reads may be stale by a minute or more and there is no
// compare-and-set: that is the platform's, and `diagnose` says so.
//
// A namespace that has only get, put, delete and list keeps no metadata: over it there is no
// expiry, and its host leaves kWrite's metadata out.
//
// The host performs kRead, kReadMany, kWrite, kRemove and kScan. A reply of kReadMany holds for
// each key, in the order asked: u32 value length (0xFFFFFFFF: absent), u32 metadata length, value,
// metadata.
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
  // `writeIntervalMs`: the least time between two writes of one key; Workers KV takes one a second.
  CloudflareKvStore(double writeIntervalMs, bool keepsMetadata)
      : keepsMetadata_(keepsMetadata), lanes_(writeIntervalMs) {}

  [[nodiscard]] std::uint32_t capabilities() const override {
    return capability::kOrderedPages | (keepsMetadata_ ? capability::kExpiry : 0);
  }
  [[nodiscard]] Task<Answer> perform(Operation& operation) override;

  // One write on its way. The views lie in the operation's request.
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
  [[nodiscard]] Task<std::vector<std::optional<Error>>> carryOut(Operation& operation,
                                                                 std::vector<Write> writes);
  [[nodiscard]] Task<Answer> list(Operation& operation);

  bool keepsMetadata_;
  WriteLanes lanes_;
};

}  // namespace kvista
