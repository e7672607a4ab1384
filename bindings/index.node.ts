// What the package gives outside a Worker: the stores, those that need a file system too, and the
// choice of one by configuration.
export { createKvStore, type StoreEnvironment } from "./create-store.node.ts";
export * from "./index.ts";
export { type FileKvStoreOptions, fileKvStore } from "./stores/file.ts";
