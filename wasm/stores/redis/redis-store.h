// The store over a client of Redis, of any kind: values are plain strings under their own keys,
// with Redis's own expiry. Operations on one key are as linearizable as the server is: a primary
// that dies before its replica has a write loses that write.
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
  // Over kRedisLike there are only GET, SET, DEL and SCAN.
  StoreKind kind = StoreKind::kRedis;
  bool isCluster = false;
  // What the client itself puts before keys, and whether it does so in the commands that this store
  // sends. A client that does not, does so in methods of its own, which are not used here. No
  // client puts it before the pattern of SCAN.
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
  // Returns whether the call is served by a script (redis-scripts.h).
  [[nodiscard]] bool isScript(const Request& call) const;
  // Appends a key as a command must name it, with the prefix if the client does not add it.
  void addKey(std::string& command, std::string_view fullKey) const;

  [[nodiscard]] Task<Answer> patch(Operation& operation);
  [[nodiscard]] Task<Answer> readMany(Operation& operation);
  // Returns the masters and how the slots lie on them: `keys` are their names; `number` is a
  // signature, which changes when a server was restarted or promoted or slots have moved; `present`
  // says that slots are moving now.
  [[nodiscard]] Task<Answer> survey(Operation& operation);
  // Returns SCAN's cursor where a listing goes on, empty at its beginning, and sets `at` to the
  // position beside it. Fails with INVALID_ARGUMENT.
  [[nodiscard]] static Result<std::string> scanCursorOf(const Request& request,
                                                        const Listing& listing, Position& at);
  [[nodiscard]] Task<Answer> list(Operation& operation);
  [[nodiscard]] Task<Answer> diagnose(Operation& operation);

  RedisConfig config_;
  // Whether the script of reads, and that of writes, is sent as text, because a server did not know
  // it by its SHA-1. Each has its own flag: with one, a read that settles a write would undo what
  // the write learned.
  std::array<bool, 2> sendsText_{};
  KeyTurns patching_;
};

}  // namespace kvista
