// The instance that all Durable Objects of one isolate share. The stores of the isolate's Worker have
// another one (shared-core.ts): a value that passes through both counts once in each.
import { objectModule } from "#object-module";
import { Core, defaultLimitBytes } from "./instance.ts";

export const objectCore = new Core(defaultLimitBytes, objectModule);
