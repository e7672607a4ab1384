// The entry kvista outside a Worker.
export { createKvStore, type StoreEnvironment } from "../open/create-store.node.ts";
export * from "./filesystem.ts";
export * from "./index.ts";
