// What a store can do, as the bits in the answer of `kv_open` (twin of `capability` in
// wasm/contract/capability.h, tied by tests/node/boundary).
import type { Capabilities } from "../contract/contract.ts";

export const capabilityBits: { readonly [capability in keyof Capabilities]: number } = {
  compareAndSet: 1,
  patch: 2,
  linearizableReads: 4,
  expiry: 8,
  orderedPages: 16,
};

export function capabilitiesOf(bits: number): Capabilities {
  const has = (capability: keyof Capabilities) => (bits & capabilityBits[capability]) !== 0;
  return {
    compareAndSet: has("compareAndSet"),
    patch: has("patch"),
    linearizableReads: has("linearizableReads"),
    expiry: has("expiry"),
    orderedPages: has("orderedPages"),
  };
}
