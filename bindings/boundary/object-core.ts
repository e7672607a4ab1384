// The instance that what runs inside the Durable Objects of one isolate shares, apart from the stores
// of its Worker: a value that passes through both is counted once in each.
import { objectModule } from "#object-module";
import { Core, defaultLimitBytes } from "./instance.ts";

export const objectCore = new Core(defaultLimitBytes, objectModule);
