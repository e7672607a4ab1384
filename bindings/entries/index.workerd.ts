// The entry kvista in a Worker. The classes that a Worker exports are in the entry kvista/worker:
// their types need a Worker's types, and a program for Node also reads the types of this entry.
export { createKvStore, type StoreEnvironment } from "../open/create-store.workerd.ts";
export * from "./index.ts";
