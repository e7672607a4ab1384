// Compares what came of a step of the conformance suite with what the step expects.
#pragma once

#include "tests/native/conformance/conformance-text.h"

namespace kvista::test {

class Checker {
 public:
  // `startedAtMs`: the clock when the step was begun.
  Checker(Names& names, double startedAtMs) : names_(names), startedAt_(startedAtMs) {}
  void check(const Json& step, const Call& call, const Told& told);
  void compareKeys(const Json& step, const std::vector<std::string>& keys);

 private:
  void checkFailure(const Json& step, const Told& told);
  void capture(const Json& step, const Call& call, const Told& told);
  void compareValue(const Json& expected, bool present, const std::string& value);
  void compareExpiry(const Json& expected, std::optional<std::int64_t> expiresAt);
  void compareEntry(const Json& expected, const Call& call, const Told& told);
  void compareItems(const Json& step, const Call& call, const Told& told);
  void compareFindings(const Json& step, const Told& told);

  Names& names_;
  double startedAt_;
};

}  // namespace kvista::test
