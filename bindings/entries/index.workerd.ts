// The entry kvista in a Worker. The classes that a Worker exports are in kvista/worker: their types
// need a Worker's, and a program for Node has the types of this entry too.
export { createKvStore, type StoreEnvironment } from "../open/create-store.workerd.ts";
export * from "./index.ts";
