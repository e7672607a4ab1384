#include "bench/native/path.h"

#include <array>
#include <cstdio>
#include <cstdlib>

#include <catch2/catch_test_macros.hpp>

namespace kvista::bench {

std::size_t operations() {
  const char* const text = std::getenv("KVISTA_BENCH_OPERATIONS");
  REQUIRE(text != nullptr);
  return std::strtoul(text, nullptr, 10);
}

void walk(test::Driver& driver, const std::function<test::Call(std::size_t)>& callAt) {
  for (std::size_t i = 0; i < kKeys; ++i) REQUIRE(driver.run(callAt(i)).ok());
  const std::size_t count = operations();
  for (std::size_t i = 0; i < count; ++i) REQUIRE(driver.run(callAt(i)).ok());
}

std::string keyAt(std::size_t i) {
  std::array<char, 64> key{};
  std::snprintf(key.data(), key.size(), "uploadista:upload-file:%08zx-6a2f-4a3f-a4a5-1fd3c4d4b3a1",
                i % kKeys);
  return key.data();
}

std::string recordOf(std::size_t bytes) {
  std::string record =
      R"({"id":"0b0e2bd4-6a2f-4a3f-a4a5-1fd3c4d4b3a1","offset":5242880,"size":104857600,)"
      R"("metadata":{"fileName":"holiday.mp4","type":"video/mp4"},)"
      R"("storage":{"id":"s3","type":"s3","bucket":"uploads"},)"
      R"("flow":{"flowId":"thumbnails","nodeId":"input"},"note":")";
  record.append(bytes - record.size() - 2, 'n');
  return record + "\"}";
}

void fill(test::Driver& driver, const std::string& value) {
  for (std::size_t i = 0; i < kKeys; ++i) REQUIRE(driver.run(test::set(keyAt(i), value)).ok());
}

}  // namespace kvista::bench
