// A step of the conformance suite as the call that it makes.
#pragma once

#include "tests/native/conformance/conformance-text.h"

namespace kvista::test {

class CallMaker {
 public:
  // Sets the namespace among the names: the length of some keys depends on it.
  CallMaker(Names& names, double nowMs) : names_(names), nowMs_(nowMs) {}
  [[nodiscard]] Call callOf(const Json& step);
  // Of the options of `page` and `pages`.
  [[nodiscard]] Call pageOf(const Json& options) const;

 private:
  static void flagKey(Call& call, const Text& key);
  void setExpiry(const Json& options, ExpiryKind& kind, double& number) const;
  [[nodiscard]] double moment(const Json& moment) const;
  void keyAndOptions(Call& call, const Json& arguments, std::size_t optionsAt) const;
  void setValue(Call& call, const Json& value) const;
  void setKeys(Call& call, const Json& keys) const;
  [[nodiscard]] std::vector<Record> records(const Json& list) const;

  Names& names_;
  double nowMs_;
};

}  // namespace kvista::test
