// The store over a Redis client, whichever: values are plain strings under their own keys, with
// Redis's own expiry. Linearizable for each key as far as the server is: a primary that dies before
// its replica has a write loses it.
//
// The host performs kCommand, and over a cluster kNodes.
#pragma once

#include <array>
#include <string>

#include "wasm/contract/listing.h"
#include "wasm/store/calling-store.h"
#include "wasm/stores/redis/key-turns.h"

namespace kvista {

struct RedisConfig {
  StoreKind kind = StoreKind::kRedis;  // kRedisLike: only GET, SET, DEL and SCAN are to be had
  bool isCluster = false;
  // What the client itself puts before keys. It does so in the commands that are asked of it, but
  // for SCAN, or only in its own methods, which are not used here.
  std::string keyPrefix{};
  bool addsKeyPrefix = false;
};

class RedisStore final : public CallingStore {
 public:
  explicit RedisStore(RedisConfig config);

  [[nodiscard]] std::uint32_t capabilities() const override;
  [[nodiscard]] Task<Answer> perform(Operation& operation) override;

 private:
  struct Position;

  [[nodiscard]] HostRequest hostRequest(const Request& call, std::string& bytes) const override;
  [[nodiscard]] Result<Answer> answerIn(const Request& call, const HostReply& reply) override;
  [[nodiscard]] Failure failureIn(const Request& call, const HostReply& reply) override;

  [[nodiscard]] bool isBasic() const { return config_.kind == StoreKind::kRedisLike; }
  // Whether the call is a script.
  [[nodiscard]] bool isScript(const Request& call) const;
  // Appends a key as our commands must name it.
  void addKey(std::string& command, std::string_view fullKey) const;

  [[nodiscard]] Task<Answer> patch(Operation& operation);
  [[nodiscard]] Task<Answer> readMany(Operation& operation);
  // The masters, and how the slots lie on them: `keys` are their names, `number` is another one
  // after a server was restarted or promoted, or slots have moved, and `present` if some are on the
  // move.
  [[nodiscard]] Task<Answer> survey(Operation& operation);
  // Returns SCAN's cursor where a listing goes on, empty at its beginning, and sets `at` to the
  // position beside it. Fails with INVALID_ARGUMENT.
  [[nodiscard]] static Result<std::string> scanCursorOf(const Request& request,
                                                        const Listing& listing, Position& at);
  [[nodiscard]] Task<Answer> list(Operation& operation);
  [[nodiscard]] Task<Answer> diagnose(Operation& operation);

  RedisConfig config_;
  // A server did not know the script of reads, or of writes, by its SHA-1: until it is known, the
  // text is sent. Each has its own, or a read that settles a write would undo what the write
  // learned.
  std::array<bool, 2> sendsText_{};
  KeyTurns patching_;
};

}  // namespace kvista
