// The core of the stores in Node.
import { bytes } from "./core-node.wasm.ts";
import { moduleOf } from "./module-file.ts";

export const coreModule: WebAssembly.Module = moduleOf(bytes);
