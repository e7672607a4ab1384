// The words of a Redis command: what they say as numbers, and SCAN, which needs nothing but keys.
#pragma once

#include <optional>

#include "tests/native/fakes/redis-keyspace.h"
#include "tests/native/fakes/resp.h"

namespace kvista::test {

[[nodiscard]] std::string lowerCase(const std::string& word);
// As Redis reads an integer: nothing around it, and no sign but a minus.
[[nodiscard]] std::optional<long long> integerIn(const std::string& word);

inline constexpr const char* kNotInteger = "ERR value is not an integer or out of range";
inline constexpr const char* kSyntax = "ERR syntax error";
inline constexpr const char* kWrongType =
    "WRONGTYPE Operation against a key holding the wrong kind of value";

// `scan CURSOR [MATCH pattern] [COUNT count]`.
[[nodiscard]] Resp scanBy(RedisKeyspace& keys, const Words& words);

}  // namespace kvista::test
