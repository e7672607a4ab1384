// Carries out the steps of tests/conformance/host-redis.json over the fake servers.
#pragma once

#include "tests/native/conformance/conformance-text.h"
#include "tests/native/fakes/redis-host.h"

namespace kvista::test {

class RedisSteps {
 public:
  // `suite` is the whole file.
  RedisSteps(const Json& suite, bool isCluster);

  void step(const Json& step);
  // One command; `of` is a key of the master that is to answer, or empty.
  [[nodiscard]] Replied ask(const Words& words, const std::string& of = "");

  Loop loop{};
  RedisHost host;

 private:
  [[nodiscard]] Words wordsOf(const Json& words) const;
  [[nodiscard]] Replied askOne(const Asked& asked);
  void become(const std::string& state);
  void check(const Json& step, const Replied& reply);
  void checkText(const Json& gives, const std::string& value) const;
  void scan(const Json& step);

  const Json& scripts_;
  Names names_;
};

}  // namespace kvista::test
