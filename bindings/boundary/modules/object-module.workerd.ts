// The core of the stores inside a Durable Object.
import objectModule from "./core-object.wasm";

export { objectModule };
