// The entry kvista/filesystem, for Node.
export { type FileKvStoreOptions, fileKvStore } from "../stores/file.ts";
export * from "./contract.ts";
