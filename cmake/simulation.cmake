# The simulator (tests/simulation), and one of it for each bug that is planted on purpose. Such a bug is in a copy of one
# of the core's files, made by tests/simulation/planted/NAME.cmake, which is linked before the core's own.

# What checks a history; the native tests test it.
set(simulation tests/simulation)
add_library(
  kvista_simulation_checks
  STATIC
  ${simulation}/checks.cc
  ${simulation}/history.cc
  ${simulation}/key-model.cc
  ${simulation}/lateness.cc
  ${simulation}/linearizability.cc
  ${simulation}/plan.cc
  ${simulation}/power.cc
  ${simulation}/staleness.cc
  ${simulation}/values.cc
)
target_link_libraries(kvista_simulation_checks PUBLIC kvista_fakes)
target_precompile_headers(kvista_simulation_checks REUSE_FROM kvista_fakes)

file(GLOB_RECURSE simulation_sources CONFIGURE_DEPENDS RELATIVE ${CMAKE_SOURCE_DIR} ${simulation}/*.cc)
get_target_property(checks kvista_simulation_checks SOURCES)
list(REMOVE_ITEM simulation_sources ${checks} ${simulation}/main.cc)
add_library(kvista_simulation STATIC EXCLUDE_FROM_ALL ${simulation_sources})
target_link_libraries(kvista_simulation PUBLIC kvista_simulation_checks)
target_precompile_headers(kvista_simulation REUSE_FROM kvista_fakes)

add_library(kvista_simulate OBJECT EXCLUDE_FROM_ALL ${simulation}/main.cc)
target_link_libraries(kvista_simulate PUBLIC kvista_simulation)
target_precompile_headers(kvista_simulate REUSE_FROM kvista_fakes)
add_executable(simulate EXCLUDE_FROM_ALL $<TARGET_OBJECTS:kvista_simulate>)
target_link_libraries(simulate PRIVATE kvista_simulation)

file(GLOB planted_bugs CONFIGURE_DEPENDS tests/simulation/planted/*.cmake)
add_custom_target(planted)
foreach(bug ${planted_bugs})
  get_filename_component(name ${bug} NAME_WE)
  file(STRINGS ${bug} of REGEX "^set\\(file ")
  string(REGEX REPLACE "^set\\(file (.*)\\)$" "\\1" of "${of}")
  set(copy ${CMAKE_BINARY_DIR}/planted/${name}.cc)
  add_custom_command(
    OUTPUT ${copy}
    COMMAND
      ${CMAKE_COMMAND} -DPLANTED=${bug} -DSOURCE=${CMAKE_SOURCE_DIR} -DTO=${copy} -P
      ${CMAKE_SOURCE_DIR}/cmake/plant.cmake
    DEPENDS ${bug} ${of} cmake/plant.cmake
    VERBATIM
  )
  add_executable(simulate-${name} EXCLUDE_FROM_ALL $<TARGET_OBJECTS:kvista_simulate> ${copy})
  target_link_libraries(simulate-${name} PRIVATE kvista_simulation kvista_core_options)
  add_dependencies(planted simulate-${name})
endforeach()
