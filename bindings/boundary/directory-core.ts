// The instance that the stores in directories share, of a module of their own.
import { Core, defaultLimitBytes } from "./instance.ts";
import { bytes } from "./modules/core-directory.wasm.ts";
import { moduleOf } from "./modules/module-file.ts";

export const directoryCore = new Core(defaultLimitBytes, moduleOf(bytes));
