// The suite in Node: over the memory store, and over the filesystem store on a real disk.
import { fileKvStore } from "../../../bindings/stores/file/file-store.ts";
import { memoryKvStore } from "../../../bindings/stores/memory/memory-store.ts";
import { contractTable } from "../../conformance/contract-table.ts";
import { runConformance } from "../../conformance/runner.ts";
import { withDirectory } from "../file/directory.ts";

runConformance({
  name: "the memory store in Node",
  capabilities: contractTable.memory,
  backend: async (use) => {
    await using store = memoryKvStore();
    await use((keyNamespace) => (keyNamespace === "" ? store : store.scope(keyNamespace)));
  },
  isShared: false,
  clock: "waits",
});

runConformance({
  name: "the filesystem store in Node",
  capabilities: contractTable.file,
  backend: (use) =>
    withDirectory(async (directory) => {
      await using store = fileKvStore({ directory });
      await use((keyNamespace) => (keyNamespace === "" ? store : store.scope(keyNamespace)));
    }),
  isShared: false,
  clock: "waits",
});
