// The entry kvista/memory.
export { type MemoryKvStoreOptions, memoryKvStore } from "../stores/memory.ts";
export * from "./contract.ts";
