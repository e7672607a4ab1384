# Toolchain file of the wasm preset: Emscripten's own, found beside the em++ on PATH.
find_program(KVISTA_EMXX em++ REQUIRED)
file(REAL_PATH ${KVISTA_EMXX} emxx)
cmake_path(GET emxx PARENT_PATH emscripten_root)
include(${emscripten_root}/cmake/Modules/Platform/Emscripten.cmake)

# nlohmann_json is headers only, so the machine's own package serves.
set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE BOTH)
