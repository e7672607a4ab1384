// UTF-8, Base64, SHA-1 and moments: each against a second, plainer way to the same answer.
#include <bit>
#include <cmath>
#include <cstdio>
#include <ctime>
#include <string>

#include "tests/fuzz/support/input.h"
#include "wasm/core/joined.h"
#include "wasm/text/base64.h"
#include "wasm/text/sha1.h"
#include "wasm/text/timestamp.h"
#include "wasm/text/utf8.h"

using namespace kvista;
using kvista::fuzz::require;

namespace {

// The length of the character at the start: its code point, encoded again, has to be its bytes.
std::size_t characterAt(std::string_view text) {
  const auto byte = [&](std::size_t i) -> std::uint32_t {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0;
  };
  const auto more = static_cast<std::size_t>(std::countl_one(static_cast<unsigned char>(byte(0))));
  if (more == 0) return 1;
  if (more == 1 || more > 4) return 0;
  std::uint32_t point = byte(0) & (0x7FU >> more);
  for (std::size_t i = 1; i < more; ++i) {
    if (byte(i) >> 6 != 2) return 0;
    point = point << 6 | (byte(i) & 0x3F);
  }
  constexpr std::uint32_t kLeast[] = {0, 0, 0x80, 0x800, 0x10000};
  const bool isSurrogate = point >> 11 == 0x1B;
  return point >= kLeast[more] && point <= 0x10FFFF && !isSurrogate ? more : 0;
}

void checkUtf8(std::string_view text) {
  std::string_view left = text;
  std::size_t boundary = 0;
  const std::size_t wanted = text.size() / 2;
  for (std::size_t size = 1; !left.empty() && size != 0; left.remove_prefix(size)) {
    if (text.size() - left.size() <= wanted) boundary = text.size() - left.size();
    size = characterAt(left);
  }
  require(isUtf8(text) == left.empty(), "isUtf8 accepts what is made of characters");
  if (!isUtf8(text)) return;
  if (text.empty()) boundary = 0;
  require(utf8Boundary(text, wanted) == boundary, "a boundary is the last one not after it");
  require(utf8Boundary(text, text.size() + wanted) == text.size(), "beyond the end is the end");
}

void checkBase64(std::string_view text) {
  const std::string encoded = base64UrlEncode(text);
  require(encoded.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                    "0123456789-_") == std::string::npos,
          "Base64 has letters of its alphabet only");
  require(base64UrlDecode(encoded) == text, "what was encoded is decoded");
  const std::optional<std::string> decoded = base64UrlDecode(text);
  require(!decoded || base64UrlEncode(*decoded) == text, "what is decoded was encoded so");
}

// FIPS 180-4 as it is written there, over the whole message at once.
std::array<std::uint8_t, Sha1::kDigestBytes> plainSha1(std::string message) {
  const std::uint64_t bits = message.size() * 8;
  message.push_back('\x80');
  while (message.size() % 64 != 56) message.push_back('\0');
  for (int i = 7; i >= 0; --i) message.push_back(static_cast<char>(bits >> (8 * i)));
  std::array<std::uint32_t, 5> hash = {0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476, 0xC3D2E1F0};
  for (std::size_t block = 0; block < message.size(); block += 64) {
    std::array<std::uint32_t, 80> w{};
    for (std::size_t i = 0; i < 64; ++i) {
      w[i / 4] = w[i / 4] << 8 | static_cast<unsigned char>(message[block + i]);
    }
    for (std::size_t t = 16; t < 80; ++t) {
      w[t] = std::rotl(w[t - 3] ^ w[t - 8] ^ w[t - 14] ^ w[t - 16], 1);
    }
    auto [a, b, c, d, e] = hash;
    for (std::size_t t = 0; t < 80; ++t) {
      const std::uint32_t f = t < 20   ? ((b & c) ^ (~b & d)) + 0x5A827999
                              : t < 40 ? (b ^ c ^ d) + 0x6ED9EBA1
                              : t < 60 ? ((b & c) ^ (b & d) ^ (c & d)) + 0x8F1BBCDC
                                       : (b ^ c ^ d) + 0xCA62C1D6;
      const std::uint32_t next = std::rotl(a, 5) + f + e + w[t];
      e = d, d = c, c = std::rotl(b, 30), b = a, a = next;
    }
    hash = {hash[0] + a, hash[1] + b, hash[2] + c, hash[3] + d, hash[4] + e};
  }
  std::array<std::uint8_t, Sha1::kDigestBytes> digest{};
  for (std::size_t i = 0; i < digest.size(); ++i) {
    digest[i] = static_cast<std::uint8_t>(hash[i / 4] >> (24 - 8 * (i % 4)));
  }
  return digest;
}

void checkSha1(std::string_view text) {
  const auto expected = plainSha1(std::string(text));
  Sha1 sha1;
  sha1.update(text);
  require(sha1.finish() == expected, "SHA-1 is that of FIPS 180-4");
  // In pieces whose sizes the text decides.
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t size = static_cast<unsigned char>(text[at]) % 96;
    sha1.update(text.substr(at, size));
    at += std::max<std::size_t>(1, size);
    if (size == 0) sha1.update(text.substr(at - 1, 1));
  }
  require(sha1.finish() == expected, "the pieces of a message do not change its digest");
}

void checkMoment(std::string_view text) {
  const std::optional<double> read = millisecondsOf(text);
  if (!read) return;
  const std::string copy(text);
  std::tm tm{};
  int hours = 0;
  int minutes = 0;
  double seconds = 0;
  char zone = '\0';
  const int fields =
      std::sscanf(copy.c_str(), "%4d-%2d-%2dT%2d:%2d:%lf%c%2d:%2d", &tm.tm_year, &tm.tm_mon,
                  &tm.tm_mday, &tm.tm_hour, &tm.tm_min, &seconds, &zone, &hours, &minutes);
  require(fields == 9 || (fields == 7 && zone == 'Z'), "a moment has the fields of RFC 3339");
  tm.tm_year -= 1900;
  tm.tm_mon -= 1;
  const int day = tm.tm_mday;
  const auto start = static_cast<double>(timegm(&tm));
  require(tm.tm_mday == day, "a moment lies on a day that exists");
  const double offset = (zone == '-' ? -60.0 : 60.0) * (hours * 60 + minutes);
  // Fractions are added up digit by digit.
  require(std::fabs((start + seconds - offset) * 1000 - *read) < 0.5, "a moment is that of timegm");
}

void checkMomentOf(std::string_view text) {
  std::uint64_t bits = 0;
  for (const char c : text.substr(0, 8)) bits = bits << 8 | static_cast<unsigned char>(c);
  constexpr std::int64_t kFirst = -62'167'219'200'000;  // the year 0
  constexpr std::int64_t kCount = 315'569'520'000'000;  // ten thousand years
  const std::int64_t ms = kFirst + static_cast<std::int64_t>(bits % kCount);
  const std::int64_t fraction = ((ms % 1000) + 1000) % 1000;
  const std::time_t seconds = (ms - fraction) / 1000;
  std::tm tm{};
  gmtime_r(&seconds, &tm);
  char written[64];
  std::snprintf(written, sizeof written, "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", tm.tm_year + 1900,
                tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec,
                static_cast<int>(fraction));
  const std::optional<double> read = millisecondsOf(written);
  require(read && std::fabs(*read - static_cast<double>(ms)) < 0.5,
          "every moment of these years is read");
  const std::string number = joined({"<", ms, ">", bits, std::string_view(written, 4)});
  require(number == "<" + std::to_string(ms) + ">" + std::to_string(bits) + std::string(written, 4),
          "joined parts are their digits and texts");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::Input input(data, size);
  const std::string_view text = input.whole();
  checkUtf8(text);
  checkBase64(text);
  checkSha1(text);
  checkMoment(text);
  checkMomentOf(text);
  return 0;
}
