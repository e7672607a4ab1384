// The hosts in a Durable Object pass, over its real storage, the suite that the fake object of the native tests
// passes.
import { runInDurableObject } from "cloudflare:test";
import { expect, test } from "vitest";
import type { RemoteNamespace } from "../../../bindings/contract/platform.ts";
import { CatalogHost } from "../../../bindings/stores/durable-object/catalog-host.ts";
import { ObjectHost } from "../../../bindings/stores/durable-object/object-host.ts";
import suite from "../../conformance/host-object.json" with { type: "json" };
import { bindings } from "../support/bindings.ts";
import { ObjectSteps, type Step } from "../support/object-steps.ts";

type Case = { readonly name: string; readonly sql?: boolean; readonly steps: Step[] };

// Nobody is called.
const none = {} as RemoteNamespace;
const { TENANTS: objects } = bindings;

for (const { name, sql, steps } of suite.cases as unknown as Case[]) {
  test(name, () =>
    runInDurableObject(objects.get(objects.newUniqueId()) as never, async (_, { storage }) => {
      const host = sql ? new CatalogHost(storage, none, none) : new ObjectHost(storage, none);
      const run = new ObjectSteps(host, storage);
      for (const step of steps) {
        await run
          .step(step)
          .catch((error) => expect.fail(`${JSON.stringify(step)}: ${error.message}`));
      }
    }),
  );
}
