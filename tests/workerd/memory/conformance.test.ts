// The suite over the memory store in a Worker.
import { memoryKvStore } from "../../../bindings/stores/memory/memory-store.ts";
import { contractTable } from "../../conformance/contract-table.ts";
import { runConformance } from "../../conformance/runner.ts";

runConformance({
  name: "the memory store in a Worker",
  capabilities: contractTable.memory,
  backend: async (use) => {
    await using store = memoryKvStore();
    await use((keyNamespace) => (keyNamespace === "" ? store : store.scope(keyNamespace)));
  },
  isShared: false,
  clock: "frozen",
});
