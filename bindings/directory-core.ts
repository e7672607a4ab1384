// The instance that the stores in directories share, of a module of their own.
import { Core, defaultLimitBytes } from "./core.ts";
import { moduleFrom } from "./module-file.ts";

export const directoryCore = new Core(defaultLimitBytes, moduleFrom("core-directory.wasm"));
