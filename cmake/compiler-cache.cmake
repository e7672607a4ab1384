# A compiler cache (ccache), where one is installed: a second clone on the same machine, or a branch that comes back, is
# built in seconds.
find_program(KVISTA_CCACHE ccache)
if(KVISTA_CCACHE)
  # A clone may lie in any folder, and a precompiled header is the same although it was made at another time.
  set(
    CMAKE_CXX_COMPILER_LAUNCHER
    ${CMAKE_COMMAND}
    -E
    env
    CCACHE_BASEDIR=${CMAKE_SOURCE_DIR}
    CCACHE_NOHASHDIR=1
    CCACHE_SLOPPINESS=pch_defines,time_macros
    ${KVISTA_CCACHE}
  )
  if(CMAKE_CXX_COMPILER_ID MATCHES "Clang")
    add_compile_options("SHELL:-Xclang -fno-pch-timestamp")
  endif()
endif()
