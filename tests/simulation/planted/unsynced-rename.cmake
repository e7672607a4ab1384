# A write of a store that syncs is acknowledged before its file's name is on the disk.
set(store file)
set(finds "linearizability listing")
set(file wasm/stores/file/file-store.cc)
change([=[
          .verb = Verb::kRename, .key = path, .value = plain, .number = options_.syncs ? 1.0 : 0.0},
]=] [=[
          .verb = Verb::kRename, .key = path, .value = plain, .number = 0},
]=])
