#include "wasm/stores/redis/redis-failures.h"

#include <string_view>

#include "wasm/core/joined.h"

namespace kvista {
namespace {

struct Known {
  std::string_view says;  // any of these, with | between them
  std::string_view hint;
  Code code = Code::kUnavailable;
  bool mayHelpToRetry = true;
  bool mayBeCarriedOut = false;
};

constexpr std::string_view kNotPermitted = "NOPERM|can't run this command|can't access the keys";

constexpr std::string_view kNeeded = "+@read +@write +@scripting, and +cluster|nodes of a cluster";

constexpr std::string_view kUnreachable =
    "check that Redis runs there and can be reached, with TLS or without: "
    "redis-cli -h HOST -p PORT ping";

// The first that is mentioned counts. The server's own refusals come before what clients say, which
// may quote them. Error prefixes: https://redis.io/docs/latest/develop/reference/protocol-spec/
constexpr Known kKnown[] = {
    {"NOSCRIPT", "Redis was restarted: try again", Code::kNotFound},
    {"WRONGTYPE",
     "another program keeps a value of another type under this key: use a keyNamespace of your "
     "own, or delete it with redis-cli del",
     Code::kCorrupt, false},
    {"NOAUTH|WRONGPASS", "give the client the right user name and password", Code::kUnavailable,
     false},
    {kNotPermitted, "allow the ACL user +@read +@write +@scripting on the store's keys",
     Code::kUnavailable, false},
    {"OOM ", "Redis has reached its maxmemory: raise it, or delete or expire old records",
     Code::kOutOfMemory, false},
    {"READONLY", "the client is connected to a replica: connect it to the primary"},
    {"LOADING|MASTERDOWN|NOREPLICAS|BUSY ",
     "Redis is not ready to serve: wait, and see its log if it lasts"},
    {"MISCONF", "Redis cannot save to its disk and refuses writes: free the disk, see its log",
     Code::kUnavailable, false},
    // ioredis says this of nodes that it could not ask.
    {"Failed to refresh slots cache", kUnreachable},
    {"CLUSTERDOWN|MOVED |ASK |TRYAGAIN|no longer a master|slots cache",
     "the cluster does not serve this slot: see redis-cli cluster info, and use a cluster client"},
    {"syntax error|unknown command", "use Redis 6.2 or newer, with its own command names",
     Code::kUnsupported, false},
    {"ERR ", "see what Redis says, and its log", Code::kUnavailable, false},
    // What clients say of a command that they did not send.
    {"certificate|SSL routines",
     "let the client trust who signed the server's certificate (NODE_EXTRA_CA_CERTS), and use TLS "
     "where the server does"},
    {"ECONNREFUSED|ENOTFOUND|EAI_AGAIN|not connected|is offline|TimeoutError|sentinels are",
     kUnreachable},
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

// The command that an ACL user lacks, which Redis quotes; empty if it lacks a key.
std::string_view commandLacked(std::string_view text) {
  const std::size_t begin = text.find(" the '");
  if (begin == std::string_view::npos) return {};
  text.remove_prefix(begin + 6);
  return text.substr(0, text.find('\''));
}

Failure classify(const HostReply& reply) {
  for (const Known& known : kKnown) {
    if (!mentionsAny(reply.value, known.says)) continue;
    Failure why{Error{known.code, reply.value, known.hint}, known.mayHelpToRetry,
                known.mayBeCarriedOut};
    const std::string_view command =
        known.says == kNotPermitted ? commandLacked(reply.value) : std::string_view{};
    if (!command.empty()) {
      why.error.hint = joined({"allow the ACL user +", command, ": the store needs ", kNeeded});
    }
    return why;
  }
  // The connection was lost with the reply outstanding, or the client gave up waiting.
  return {Error{Code::kUnavailable, reply.value, "Redis did not answer: try again"}, true, true};
}

}  // namespace

const RetryPolicy kRedisRetryPolicy{.classify = &classify, .baseDelayMs = 20, .maxDelayMs = 500};

}  // namespace kvista
