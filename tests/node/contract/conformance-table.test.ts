// The stores in Node against the table of capabilities.
import { fileKvStore } from "../../../bindings/stores/file/file-store.ts";
import { memoryKvStore } from "../../../bindings/stores/memory/memory-store.ts";
import { contractTable, testContractTable } from "../../conformance/contract-table.ts";
import { withDirectory } from "../file/directory.ts";

testContractTable("the memory store in Node", contractTable.memory, (use) =>
  use((keyNamespace) => memoryKvStore({ keyNamespace })),
);

testContractTable("the filesystem store in Node", contractTable.file, (use) =>
  withDirectory((directory) => use((keyNamespace) => fileKvStore({ directory, keyNamespace }))),
);
