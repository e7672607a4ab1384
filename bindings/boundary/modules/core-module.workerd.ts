// The core of the stores in a Worker. workerd compiles modules when the Worker is deployed, and refuses
// to compile bytes at run time.
import coreModule from "./core-worker.wasm";

export { coreModule };
