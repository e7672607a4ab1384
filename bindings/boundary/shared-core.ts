// The instance that the stores over a platform's bindings share: what they hold is in flight only, so
// a fault in it costs operations and no data.
import { Core } from "./instance.ts";

export const sharedCore = new Core();
