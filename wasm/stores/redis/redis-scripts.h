// The Lua scripts that run in Redis, each with the SHA-1 that EVALSHA names it by (a native test
// ties the two). They use what Redis 6.2 has.
#pragma once

#include <string_view>

namespace kvista {

struct RedisScript {
  std::string_view text;
  std::string_view sha1;
};

// The value and when it expires, in Unix milliseconds, or a negative number for never; nil if
// absent. Redis before 7.0 has no PEXPIRETIME, and a user who may only read has no TIME.
inline constexpr RedisScript kEntryScript = {
    "local v=redis.call('get',KEYS[1]) if not v then return false end "
    "local t=redis.pcall('pexpiretime',KEYS[1]) if type(t)=='table' then "
    "t=redis.call('pttl',KEYS[1]) if t>=0 then local n=redis.call('time') "
    "t=t+n[1]*1000+math.floor(n[2]/1000)-2 end end return {v,string.format('%.0f',t)}",
    "d54fc206bcb534f046a9ec6b4dc46f877415c530"};

// ARGV: the expected version, then what SET takes behind the key; without that the key is removed.
// Gives 2: done, 1: another version is there, 0: the key is absent.
inline constexpr RedisScript kCompareScript = {
    "local v=redis.call('get',KEYS[1]) if not v then return 0 end "
    "if string.sub(redis.sha1hex(v),1,32)~=ARGV[1] then return 1 end "
    "if #ARGV==1 then redis.call('del',KEYS[1]) "
    "else redis.call('set',KEYS[1],unpack(ARGV,2)) end return 2",
    "f3a79a2285e8e65df3d7059308aa267d406da2a8"};

}  // namespace kvista
