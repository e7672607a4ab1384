// The bytes of core-node.wasm, the core of the stores in Node: see module-file.ts.
import { bytesBeside } from "./module-file.ts";

export const bytes: Uint8Array = bytesBeside("core-node.wasm");
