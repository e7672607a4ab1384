# The fuzz targets: a program fuzz-NAME for each tests/fuzz/NAME.cc, over the whole core and the boundary, which the
# sanitized build compiles so that every branch is counted. They want Clang, whose libFuzzer they use.
target_compile_options(kvista_core PRIVATE -fsanitize=fuzzer-no-link)
target_compile_options(kvista_boundary PRIVATE -fsanitize=fuzzer-no-link)

add_library(kvista_fuzz STATIC EXCLUDE_FROM_ALL ${fuzz_support_sources} tests/native/support/call.cc)
target_link_libraries(kvista_fuzz PUBLIC kvista_boundary PRIVATE kvista_core_options)
target_compile_options(kvista_fuzz PRIVATE -fsanitize=fuzzer-no-link)
target_precompile_headers(kvista_fuzz PRIVATE ${precompiled_standard})

add_custom_target(fuzz)
foreach(source ${fuzz_sources})
  cmake_path(GET source STEM name)
  add_executable(fuzz-${name} EXCLUDE_FROM_ALL ${source})
  target_link_libraries(fuzz-${name} PRIVATE kvista_fuzz kvista_core_options)
  target_compile_options(fuzz-${name} PRIVATE -fsanitize=fuzzer-no-link)
  target_link_options(fuzz-${name} PRIVATE -fsanitize=fuzzer)
  target_precompile_headers(fuzz-${name} REUSE_FROM kvista_fuzz)
  add_dependencies(fuzz fuzz-${name})
endforeach()
