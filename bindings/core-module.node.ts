// The core of the stores in Node.
import { moduleFrom } from "./module-file.ts";

export const coreModule = moduleFrom("core-node.wasm");
