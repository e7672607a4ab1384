// SHA-1 against published digests, and against itself cut in pieces.
#include "wasm/text/sha1.h"

#include <random>
#include <string>

#include <catch2/catch_test_macros.hpp>

using kvista::Sha1;

namespace {

std::string hex(const std::array<std::uint8_t, 20>& digest) {
  std::string text;
  for (const std::uint8_t byte : digest) {
    text += "0123456789abcdef"[byte >> 4];
    text += "0123456789abcdef"[byte & 15];
  }
  return text;
}

std::string sha1(std::string_view message) {
  Sha1 hash;
  hash.update(message);
  return hex(hash.finish());
}

}  // namespace

TEST_CASE("SHA-1 gives the digests of FIPS 180 and RFC 3174") {
  CHECK(sha1("") == "da39a3ee5e6b4b0d3255bfef95601890afd80709");
  CHECK(sha1("abc") == "a9993e364706816aba3e25717850c26c9cd0d89d");
  CHECK(sha1("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq") ==
        "84983e441c3bd26ebaae4aa1f95129e5e54670f1");
  CHECK(
      sha1("abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopq"
           "rlmnopqrsmnopqrstnopqrstu") == "a49b2446a02c645bf419f995b67091253a04a259");
  CHECK(sha1(std::string(1'000'000, 'a')) == "34aa973cd4c4daa4f61eeb2bdbad27316534016f");
  std::string eighty;
  for (int i = 0; i < 80; ++i) eighty += "01234567";
  CHECK(sha1(eighty) == "dea356a2cddd90c7a7ecedc5ebb563934f460452");
}

TEST_CASE("SHA-1 pads right at every length around a block") {
  // The digest of all digests of 'a' repeated 0 to 299 times; computed with Python's hashlib.
  Sha1 all;
  for (std::size_t length = 0; length < 300; ++length) all.update(sha1(std::string(length, 'a')));
  CHECK(hex(all.finish()) == "2a20a884b0303b471ba7149ca641285a1219db5a");
}

TEST_CASE("SHA-1 does not depend on how a message is cut") {
  std::mt19937 random(1);
  std::string message;
  for (int i = 0; i < 1000; ++i) message += static_cast<char>(random());
  const std::string whole = sha1(message);
  for (int round = 0; round < 500; ++round) {
    Sha1 hash;
    const std::size_t most = 1 + random() % 200;
    for (std::size_t at = 0; at < message.size();) {
      const std::size_t length = random() % (most + 1);
      hash.update(std::string_view(message).substr(at, length));
      at += length;
    }
    REQUIRE(hex(hash.finish()) == whole);
  }
}

TEST_CASE("SHA-1 starts afresh after finish") {
  Sha1 hash;
  hash.update("something else of a length that leaves bytes waiting");
  (void)hash.finish();
  CHECK(hex(hash.finish()) == sha1(""));
  hash.update("abc");
  CHECK(hex(hash.finish()) == sha1("abc"));
}
