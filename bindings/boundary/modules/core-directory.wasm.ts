// The bytes of core-directory.wasm, the core of the stores in directories: see module-file.ts.
import { bytesBeside } from "./module-file.ts";

export const bytes: Uint8Array = bytesBeside("core-directory.wasm");
