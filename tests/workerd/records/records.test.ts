// Records inside workerd: in memory, in Durable Objects from a Worker and inside one, through a service
// binding; and over Workers KV not at all.
import { runInDurableObject } from "cloudflare:test";
import { exports } from "cloudflare:workers";
import { expect, test } from "vitest";
import { flowJobs } from "../../../bindings/records/flow-jobs.ts";
import { uploads } from "../../../bindings/records/uploads.ts";
import { serviceKvStore } from "../../../bindings/rpc/service-kv-store.ts";
import type { KvServiceBinding } from "../../../bindings/rpc/service-protocol.ts";
import { cloudflareKvStore } from "../../../bindings/stores/cloudflare-kv/cloudflare-kv-store.ts";
import { durableObjectKvStore } from "../../../bindings/stores/durable-object/durable-object-store.ts";
import { memoryKvStore } from "../../../bindings/stores/memory/memory-store.ts";
import { recordSuite } from "../../records/suite.ts";
import { bindings, freshPrefix } from "../support/bindings.ts";
import { openObjects } from "../support/objects.ts";

recordSuite("memory", async (use) => {
  await using store = memoryKvStore();
  await use(store);
});

recordSuite("Durable Objects", (use) => use(openObjects({ keyNamespace: `${freshPrefix()}/` })));

recordSuite("the storage of an object", (use) =>
  runInDurableObject(
    bindings.KVISTA_OBJECTS.get(bindings.KVISTA_OBJECTS.newUniqueId()),
    (_, { storage }) => use(durableObjectKvStore({ storage })),
  ),
);

recordSuite("Durable Objects behind a service binding", (use) => {
  const service = exports.KvService as unknown as KvServiceBinding;
  return use(serviceKvStore({ service, store: "do", keyNamespace: `${freshPrefix()}/` }));
});

test("over Workers KV records fail at open, and name the stores that can", () => {
  const store = cloudflareKvStore({ kv: bindings.UPLOADISTA_KV });
  for (const open of [uploads, flowJobs]) {
    expect(() => open(store)).toThrow(
      expect.objectContaining({
        code: "UNSUPPORTED",
        hint: expect.stringMatching(/memory.*Redis.*Durable Objects.*directory/),
      }),
    );
  }
});
