// The memory store in Node against the table of capabilities.
import { memoryKvStore } from "../../bindings/stores/memory.ts";
import { contractTable, testContractTable } from "../conformance/contract-table.ts";

testContractTable("the memory store in Node", contractTable.memory, (use) =>
  use((keyNamespace) => memoryKvStore({ keyNamespace })),
);
