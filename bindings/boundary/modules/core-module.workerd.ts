// The core of a Worker's stores in workerd, which compiles modules when the Worker is deployed and
// refuses to compile bytes at run time.
import coreModule from "./core-worker.wasm";

export { coreModule };
