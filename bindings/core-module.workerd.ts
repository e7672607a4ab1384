// The compiled core in workerd, which compiles modules when the Worker is deployed and refuses to
// compile bytes at run time.
import coreModule from "./core-workerd.wasm";

export { coreModule };
