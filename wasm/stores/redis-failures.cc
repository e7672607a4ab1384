#include "wasm/stores/redis-failures.h"

#include <string_view>

namespace kvista {
namespace {

struct Known {
  std::string_view says;  // any of these, with | between them
  std::string_view hint;
  Code code = Code::kUnavailable;
  bool mayHelpToRetry = true;
  bool carriedOut = false;
};

// The first that is mentioned counts. The server's own refusals come before what clients say, which
// may quote them. Error prefixes: https://redis.io/docs/latest/develop/reference/protocol-spec/
constexpr Known kKnown[] = {
    {"NOSCRIPT", "", Code::kNotFound},
    {"WRONGTYPE",
     "another program keeps a value of another type under this key: use a keyNamespace of your "
     "own, or delete it with redis-cli del",
     Code::kCorrupt, false},
    {"NOAUTH|WRONGPASS", "give the client the right user name and password", Code::kUnavailable,
     false},
    {"NOPERM", "allow the ACL user +@read +@write +@scripting on the store's keys",
     Code::kUnavailable, false},
    {"OOM ", "Redis has reached its maxmemory: raise it, or delete or expire old records",
     Code::kOutOfMemory, false},
    {"READONLY", "the client is connected to a replica: connect it to the primary"},
    {"LOADING|MASTERDOWN|NOREPLICAS|BUSY ",
     "Redis is not ready to serve: wait, and see its log if it lasts"},
    {"MISCONF", "Redis cannot save to its disk and refuses writes: free the disk, see its log",
     Code::kUnavailable, false},
    {"CLUSTERDOWN|MOVED |ASK |TRYAGAIN|no longer a master|slots cache",
     "the cluster does not serve this slot: see redis-cli cluster info, and use a cluster client"},
    {"syntax error|unknown command", "use Redis 6.2 or newer, with its own command names",
     Code::kUnsupported, false},
    {"ERR ", "see what Redis says, and its log", Code::kUnavailable, false},
    // What clients say of a command that they did not send.
    {"ECONNREFUSED|ENOTFOUND|EAI_AGAIN|not connected|is offline|TimeoutError|sentinels are",
     "check that Redis runs there and can be reached: redis-cli -h HOST -p PORT ping"},
    {"client is closed", "connect the client before the store is used, and close it after",
     Code::kUnavailable, false},
    {"queue is full|waiting for a client",
     "the client takes no more: use fewer operations at once, or more connections",
     Code::kRateLimited},
    {"TypeError", "pass a client of @redis/client or ioredis as { redis }", Code::kUnavailable,
     false, true},
};

bool mentionsAny(std::string_view text, std::string_view parts) {
  for (;;) {
    const std::size_t end = parts.find('|');
    if (mentions(text, parts.substr(0, end))) return true;
    if (end == std::string_view::npos) return false;
    parts.remove_prefix(end + 1);
  }
}

Failure classify(const HostReply& reply) {
  for (const Known& known : kKnown) {
    if (!mentionsAny(reply.value, known.says)) continue;
    return {Error{known.code, reply.value, known.hint}, known.mayHelpToRetry, known.carriedOut};
  }
  // The connection was lost with the reply outstanding, or the client gave up waiting.
  return {Error{Code::kUnavailable, reply.value, "Redis did not answer: try again"}, true, true};
}

}  // namespace

const Backend kRedisBackend{.classify = &classify, .baseDelayMs = 20, .maxDelayMs = 500};

}  // namespace kvista
