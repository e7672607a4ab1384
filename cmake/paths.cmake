# kvista_paths: walks paths through the core, for valgrind to count their instructions (`npm run bench -- instructions`).
# It stands on what the tests stand on, and is built by its own preset only.
file(GLOB paths_sources CONFIGURE_DEPENDS bench/native/*.cc tests/native/support/*.cc)
list(REMOVE_ITEM paths_sources ${fake_sources})
add_executable(kvista_paths EXCLUDE_FROM_ALL ${paths_sources})
target_link_libraries(kvista_paths PRIVATE kvista_fakes Catch2::Catch2WithMain)
target_precompile_headers(kvista_paths REUSE_FROM kvista_fakes)
