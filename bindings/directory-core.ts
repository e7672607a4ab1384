// The instance that the stores in directories share, of a module of their own.
import { Core, defaultLimitBytes } from "./core.ts";
import { bytes } from "./core-directory.wasm.ts";
import { moduleOf } from "./module-file.ts";

export const directoryCore = new Core(defaultLimitBytes, moduleOf(bytes));
