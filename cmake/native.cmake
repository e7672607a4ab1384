# The native tests: one executable, every TEST_CASE a test of ctest.
include(CTest)
find_package(Catch2 3 REQUIRED)
find_package(SQLite3 REQUIRED)
include(Catch)

# The boundary is compiled natively too, so that its warnings and sanitizer reports are the same as the core's.
if(boundary_sources)
  add_library(kvista_boundary STATIC ${boundary_sources})
  target_link_libraries(kvista_boundary PUBLIC kvista_core PRIVATE kvista_core_options)
  # export_name exists in WebAssembly only.
  target_compile_options(kvista_boundary PRIVATE -Wno-attributes)
endif()

# Natively there are all stores at once.
target_sources(kvista_core PRIVATE ${open_outside} ${open_file} ${open_in_object})

if(native_test_sources)
  # What the simulator checks with has tests of its own.
  add_executable(
    kvista_tests
    ${native_test_sources}
    tests/simulation/checks.cc
    tests/simulation/history.cc
    tests/simulation/key-model.cc
    tests/simulation/lateness.cc
    tests/simulation/linearizability.cc
    tests/simulation/plan.cc
    tests/simulation/power.cc
    tests/simulation/staleness.cc
    tests/simulation/values.cc
  )
  target_link_libraries(kvista_tests PRIVATE kvista_core Catch2::Catch2WithMain SQLite::SQLite3)
  if(TARGET kvista_boundary)
    target_link_libraries(kvista_tests PRIVATE kvista_boundary)
  endif()
  # nlohmann_json's inline functions must be the same in the core and in its tests.
  target_compile_definitions(kvista_tests PRIVATE JSON_NOEXCEPTION)
  catch_discover_tests(kvista_tests DISCOVERY_MODE PRE_TEST PROPERTIES TIMEOUT 600)
endif()

include(cmake/paths.cmake)
include(cmake/simulation.cmake)
