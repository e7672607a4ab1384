// The instance that all stores in directories share. It has a module of its own.
import { Core, defaultLimitBytes } from "./instance.ts";
import { bytes } from "./modules/core-directory.wasm.ts";
import { moduleOf } from "./modules/module-file.ts";

export const directoryCore = new Core(defaultLimitBytes, moduleOf(bytes));
