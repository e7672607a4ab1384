// The entry kvista outside a Worker.
export { createKvStore, type StoreEnvironment } from "./create-store.node.ts";
export * from "./entries/filesystem.ts";
export * from "./index.ts";
