// The fake object's storage passes the suite of a real one (tests/conformance/host-object.json).
#include <catch2/catch_test_macros.hpp>

#include "tests/native/steps/object-steps.h"

using namespace kvista::test;

TEST_CASE("The fake object's storage and lock pass the host suite of a real object") {
  const Json suite = readConformanceFile("host-object.json");
  REQUIRE(suite["cases"].size() > 15);
  for (const Json& one : suite["cases"]) {
    INFO(one["name"].get<std::string>());
    ObjectSteps steps(one.value("sql", false));
    for (const Json& step : one["steps"]) {
      INFO(step.dump(-1, ' ', true).substr(0, 300));
      steps.step(step);
    }
  }
}
