# Everything that is built natively, in one build folder: the core and its boundary, the tests (one executable, every
# TEST_CASE a test of ctest), the simulator, and with sanitizers and Clang the fuzz targets. They share the core and the
# fakes of tests/native, each compiled once.
include(CTest)
find_package(Catch2 3 REQUIRED)
find_package(SQLite3 REQUIRED)
include(Catch)

# Most of what a file costs is reading the standard library, Catch2 and nlohmann_json: they are read once. The modules of
# WebAssembly are built without these headers, so that a source which does not include what it uses does not compile there.
set(
  precompiled_standard
  <algorithm>
  <array>
  <cmath>
  <coroutine>
  <cstdint>
  <cstring>
  <expected>
  <functional>
  <limits>
  <map>
  <memory>
  <optional>
  <set>
  <span>
  <string>
  <string_view>
  <utility>
  <vector>
)
set(precompiled_of_tests ${precompiled_standard} <catch2/catch_test_macros.hpp> <nlohmann/json.hpp>)

# Natively there are all stores at once.
target_sources(kvista_core PRIVATE ${open_outside} ${open_file} ${open_in_object})
target_precompile_headers(kvista_core PRIVATE ${precompiled_standard})

# The boundary is compiled natively too, so that its warnings and sanitizer reports are the same as the core's.
add_library(kvista_boundary STATIC ${boundary_sources})
target_link_libraries(kvista_boundary PUBLIC kvista_core PRIVATE kvista_core_options)
# export_name exists in WebAssembly only.
target_compile_options(kvista_boundary PRIVATE -Wno-attributes)
target_precompile_headers(kvista_boundary PRIVATE ${precompiled_standard})

# What tests and simulator have in common: the loop that drives operations, and the fake hosts.
file(
  GLOB fake_sources
  CONFIGURE_DEPENDS
  tests/native/fakes/*.cc
  tests/native/support/call.cc
  tests/native/support/driver.cc
)
add_library(kvista_fakes STATIC ${fake_sources})
target_link_libraries(kvista_fakes PUBLIC kvista_boundary Catch2::Catch2 SQLite::SQLite3)
# nlohmann_json's inline functions must be the same in the core and in its tests.
target_compile_definitions(kvista_fakes PUBLIC JSON_NOEXCEPTION)
target_precompile_headers(kvista_fakes PRIVATE ${precompiled_of_tests})

include(cmake/simulation.cmake)

list(REMOVE_ITEM native_test_sources ${fake_sources})
# Where the data lies that other languages read too.
set_source_files_properties(
  tests/native/conformance/conformance.cc
  tests/native/unit/golden-test.cc
  PROPERTIES COMPILE_DEFINITIONS "KVISTA_TESTS=\"${CMAKE_SOURCE_DIR}/tests\""
)
add_executable(kvista_tests ${native_test_sources})
# What the simulator checks with has tests of its own.
target_link_libraries(kvista_tests PRIVATE kvista_simulation_checks kvista_fakes Catch2::Catch2WithMain)
target_precompile_headers(kvista_tests REUSE_FROM kvista_fakes)
catch_discover_tests(kvista_tests DISCOVERY_MODE PRE_TEST PROPERTIES TIMEOUT 600)

if(KVISTA_SANITIZE AND CMAKE_CXX_COMPILER_ID MATCHES "Clang")
  include(cmake/fuzz.cmake)
endif()
include(cmake/paths.cmake)
