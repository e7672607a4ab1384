// The entry kvista/filesystem, for Node.
export { type FileKvStoreOptions, fileKvStore } from "../stores/file/file-store.ts";
export * from "./contract.ts";
