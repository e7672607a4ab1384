// The core of what runs inside a Durable Object.
import objectModule from "./core-object.wasm";

export { objectModule };
