# The WebAssembly modules. They are standalone: no generated JavaScript, and only exports that the source marks with
# __attribute__((export_name("…"))).

# Compiled and linked alike. Tail calls keep the stack flat when a coroutine awaits one that never suspends.
set(wasm_features -flto -mtail-call -mbulk-memory -msign-ext -mnontrapping-fptoint -mmutable-globals)
target_compile_options(kvista_options INTERFACE -Oz ${wasm_features})
target_link_options(
  kvista_options
  INTERFACE
  -O2
  ${wasm_features}
  -fno-exceptions
  -fno-rtti
  --no-entry
  -sSTANDALONE_WASM
  # The stack lies first: an overflow traps instead of running into the data.
  -sSTACK_SIZE=256KB
  -Wl,--stack-first
  # Grows to the maximum; what an instance may really use is a limit passed when it is opened.
  -sALLOW_MEMORY_GROWTH
  -sMAXIMUM_MEMORY=4294967296
  # The lowest kilobyte is the end of the stack: no object lies there, so that an address and an offset are added by the
  # load itself.
  -sBINARYEN_EXTRA_PASSES=--low-memory-unused
)

# Most of the core is compiled to be small: it waits for a host whenever it runs. What every call goes through, what is
# done inside an object, and the loops over a value's bytes are compiled to be fast. The link keeps them apart, because
# the level is a property of each function.
set_source_files_properties(
  bindings/boundary/abi.cc
  bindings/boundary/wire.cc
  wasm/contract/admit.cc
  wasm/contract/decide.cc
  wasm/contract/expiry.cc
  wasm/contract/key.cc
  wasm/contract/version.cc
  wasm/core/bytes.cc
  wasm/core/message-encoding.cc
  wasm/core/message.cc
  wasm/core/operation.cc
  wasm/core/task.cc
  wasm/engine/engine-operations.cc
  wasm/engine/engine.cc
  wasm/store/calling-store.cc
  wasm/stores/durable-object/durable-object-store.cc
  wasm/stores/memory/memory-store.cc
  wasm/stores/durable-object/object-catalog.cc
  wasm/stores/durable-object/object-cells.cc
  wasm/stores/durable-object/object-head.cc
  wasm/stores/durable-object/object.cc
  wasm/stores/durable-object/storage-listing.cc
  wasm/stores/durable-object/storage-store.cc
  wasm/store/value-store.cc
  wasm/text/sha1.cc
  wasm/text/utf8.cc
  PROPERTIES COMPILE_OPTIONS -O2
)

function(add_wasm_module name)
  add_executable(${name} ${ARGN})
  set_target_properties(${name} PROPERTIES SUFFIX .wasm RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR})
  target_link_libraries(${name} PRIVATE kvista_core kvista_core_options)
endfunction()

# A module for each place, with the stores that it can have: a Worker, the inside of a Durable Object, Node, and a
# directory. Where every byte of a deployed script counts, the allocator is the small one; in Node, where much may
# be held, the one that does not slow down among many holes is worth its size.
if(boundary_sources)
  add_wasm_module(core-worker ${boundary_sources} ${open_outside} ${open_not_in_object} ${open_no_file})
  target_link_options(core-worker PRIVATE -sMALLOC=emmalloc)
  add_wasm_module(core-object ${boundary_sources} ${open_not_outside} ${open_in_object} ${open_no_file})
  target_link_options(core-object PRIVATE -sMALLOC=emmalloc)
  add_wasm_module(core-node ${boundary_sources} ${open_outside} ${open_not_in_object} ${open_no_file})
  target_link_options(core-node PRIVATE -sMALLOC=dlmalloc)
  add_wasm_module(core-directory ${boundary_sources} ${open_not_outside} ${open_not_in_object} ${open_file})
  target_link_options(core-directory PRIVATE -sMALLOC=dlmalloc)
endif()
if(selftest_sources)
  add_wasm_module(selftest ${selftest_sources})
endif()
