# The simulator (tests/simulation), and one of it for each bug that is planted on purpose. Such a bug is in a copy of one
# of the core's files, made by tests/simulation/planted/NAME.cmake, which is linked before the core's own.
file(GLOB_RECURSE simulation_sources CONFIGURE_DEPENDS tests/simulation/*.cc)
list(FILTER simulation_sources EXCLUDE REGEX "/main\\.cc$")
set(support tests/native/support)
set(fakes tests/native/fakes)
add_library(
  kvista_simulation
  STATIC
  EXCLUDE_FROM_ALL
  ${simulation_sources}
  ${support}/call.cc
  ${support}/driver.cc
  ${fakes}/fake-disk.cc
  ${fakes}/fake-kv.cc
  ${fakes}/fake-locks.cc
  ${fakes}/fake-objects.cc
  ${fakes}/fake-redis-commands.cc
  ${fakes}/fake-redis-node.cc
  ${fakes}/fake-redis-scripts.cc
  ${fakes}/fake-redis.cc
  ${fakes}/file-host-verbs.cc
  ${fakes}/file-host.cc
  ${fakes}/kv-host.cc
  ${fakes}/object-node.cc
  ${fakes}/redis-glob.cc
  ${fakes}/redis-host.cc
  ${fakes}/redis-keyspace.cc
  ${fakes}/redis-words.cc
  ${fakes}/sqlite-host.cc
  bindings/boundary/wire.cc
)
target_link_libraries(kvista_simulation PUBLIC kvista_core SQLite::SQLite3)
target_compile_definitions(kvista_simulation PUBLIC JSON_NOEXCEPTION)

add_executable(simulate EXCLUDE_FROM_ALL tests/simulation/main.cc)
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
  add_executable(simulate-${name} EXCLUDE_FROM_ALL tests/simulation/main.cc ${copy})
  target_link_libraries(simulate-${name} PRIVATE kvista_simulation)
  set_source_files_properties(${copy} PROPERTIES COMPILE_OPTIONS "-fno-exceptions;-fno-rtti")
  add_dependencies(planted simulate-${name})
endforeach()
