// The entry kvista/memory.
export { type MemoryKvStoreOptions, memoryKvStore } from "../stores/memory/memory-store.ts";
export * from "./contract.ts";
