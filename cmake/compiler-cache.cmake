# A compiler cache (ccache), where one is installed: a branch that comes back, or a build folder made anew, is built in
# seconds. A clone in another folder is compiled once for itself, because a precompiled header names the files of its own.
find_program(KVISTA_CCACHE ccache)
if(KVISTA_CCACHE)
  # A precompiled header is the same although it was made at another time.
  set(
    CMAKE_CXX_COMPILER_LAUNCHER
    ${CMAKE_COMMAND}
    -E
    env
    CCACHE_SLOPPINESS=pch_defines,time_macros
    ${KVISTA_CCACHE}
  )
  if(CMAKE_CXX_COMPILER_ID MATCHES "Clang")
    add_compile_options("SHELL:-Xclang -fno-pch-timestamp")
  endif()
endif()
