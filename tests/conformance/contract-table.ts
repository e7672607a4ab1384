// The table of capabilities, and the tests that hold a store against its row: it announces what the
// table says, does all of that, and answers the rest with `UNSUPPORTED`.
import { describe, expect, test } from "vitest";
import type { Capabilities, KvStore } from "../../bindings/contract/contract.ts";
import { KvError } from "../../bindings/contract/errors.ts";
import type { Open } from "./case-run.ts";
import type { Capability } from "./suite.ts";

const all: Capabilities = {
  compareAndSet: true,
  patch: true,
  linearizableReads: true,
  expiry: true,
  orderedPages: true,
};

/** What each store can do, as its users are told. */
export const contractTable = {
  memory: all,
  "cloudflare-kv": { ...all, compareAndSet: false, patch: false, linearizableReads: false },
  "cloudflare-kv-like": {
    ...all,
    compareAndSet: false,
    patch: false,
    linearizableReads: false,
    expiry: false,
  },
  "durable-object": all,
  "durable-object-storage": all,
  redis: { ...all, orderedPages: false },
  ioredis: { ...all, orderedPages: false },
  "redis-like": {
    compareAndSet: false,
    patch: false,
    linearizableReads: false,
    expiry: false,
    orderedPages: false,
  },
  file: all,
} as const satisfies { readonly [store: string]: Capabilities };

type Asked = {
  readonly capability: Capability;
  readonly what: string;
  ask(store: KvStore): Promise<unknown>;
};

const unknownVersion = "0".repeat(32);
const later = 4_102_444_800;

// Every way to ask for a capability. Linearizable reads and ordered pages cannot be asked for.
const asked: readonly Asked[] = [
  {
    capability: "compareAndSet",
    what: "a creation",
    ask: (store) => store.compareAndSet("new", null, "1"),
  },
  {
    capability: "compareAndSet",
    what: "a replacement",
    ask: async (store) => store.compareAndSet("a", (await store.set("a", "{}")).version, "[]"),
  },
  {
    capability: "compareAndSet",
    what: "a conditional write with an expiry",
    ask: (store) => store.compareAndSet("new", null, "1", { ttlSeconds: 60 }),
  },
  { capability: "patch", what: "a patch", ask: (store) => store.patch("a", { b: 1 }) },
  {
    capability: "patch",
    what: "a patch with an expiry",
    ask: (store) => store.patch("a", { b: 1 }, { expiresAt: later }),
  },
  {
    capability: "expiry",
    what: "a time to live",
    ask: (store) => store.set("a", "1", { ttlSeconds: 60 }),
  },
  {
    capability: "expiry",
    what: "a moment of expiry",
    ask: (store) => store.set("a", "1", { expiresAt: later }),
  },
  {
    capability: "expiry",
    what: "an expiry in a batch",
    async ask(store) {
      const [outcome] = await store.setMany([{ key: "a", value: "1", ttlSeconds: 60 }]);
      if (outcome?.ok === false) throw outcome.error;
    },
  },
];

/** Registers the tests of a store against its row. `withStore` hands out an empty one. */
export function testContractTable(
  name: string,
  capabilities: Capabilities,
  backend: (use: (open: Open) => Promise<void>) => Promise<void>,
): void {
  const withStore = (use: (store: KvStore) => Promise<void>) =>
    backend(async (open) => {
      const store = await open(`table-${crypto.randomUUID()}/`);
      await store.set("a", "{}");
      await use(store);
    });

  describe(`${name} against the table of capabilities`, () => {
    test("announces what the table says", () =>
      withStore(async (store) => {
        expect(store.capabilities).toEqual(capabilities);
      }));

    for (const { capability, what, ask } of asked) {
      if (capabilities[capability]) {
        test(`has ${capability}: ${what} succeeds`, () =>
          withStore(async (store) => void (await ask(store))));
        continue;
      }
      test(`lacks ${capability}: ${what} is UNSUPPORTED and changes nothing`, () =>
        withStore(async (store) => {
          const error = await ask(store).then(
            () => null,
            (thrown: unknown) => thrown,
          );
          expect(error).toBeInstanceOf(KvError);
          expect(error).toMatchObject({ code: "UNSUPPORTED", retryable: false });
          expect((error as KvError).hint).not.toBe("");
          expect(await store.list()).toEqual(["a"]);
          expect(await store.get("a")).toBe("{}");
        }));
    }

    test("refuses a version in the same way whether or not there is such a value", () =>
      withStore(async (store) => {
        const code = capabilities.compareAndSet ? "VERSION_MISMATCH" : "UNSUPPORTED";
        for (const key of ["a", "absent"]) {
          await expect(store.compareAndSet(key, unknownVersion, "1")).rejects.toMatchObject({
            code,
          });
        }
      }));

    test(`${capabilities.linearizableReads ? "does not warn" : "warns"} of reads that may be stale`, () =>
      withStore(async (store) => {
        const warnings = (await store.diagnose()).filter(
          ({ name }) => name === "eventual-consistency",
        );
        expect(warnings).toHaveLength(capabilities.linearizableReads ? 0 : 1);
      }));
  });
}
