# The fuzz targets: a program fuzz-NAME for each tests/fuzz/NAME.cc, over the whole core and the boundary.
if(NOT CMAKE_CXX_COMPILER_ID MATCHES "Clang")
  message(FATAL_ERROR "The fuzz targets are built with Clang, whose libFuzzer they use; set CXX to it")
endif()

# Every branch is counted, and the standard library checks what it is asked.
target_compile_options(kvista_options INTERFACE -fsanitize=fuzzer-no-link)
target_compile_definitions(kvista_options INTERFACE _GLIBCXX_ASSERTIONS)

target_sources(kvista_core PRIVATE ${open_outside} ${open_file} ${open_in_object})

add_library(kvista_fuzz STATIC ${boundary_sources} ${fuzz_support_sources} tests/native/support/call.cc)
target_link_libraries(kvista_fuzz PUBLIC kvista_core PRIVATE kvista_core_options)
# export_name exists in WebAssembly only.
target_compile_options(kvista_fuzz PRIVATE -Wno-attributes)

foreach(source ${fuzz_sources})
  cmake_path(GET source STEM name)
  add_executable(fuzz-${name} ${source})
  target_link_libraries(fuzz-${name} PRIVATE kvista_fuzz kvista_core_options)
  target_link_options(fuzz-${name} PRIVATE -fsanitize=fuzzer)
endforeach()
