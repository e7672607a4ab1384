// The instance that the stores over a network or a binding share. It holds operations in flight and no
// data, so a fault in it costs operations only.
import { Core } from "./instance.ts";

export const sharedCore = new Core();
