// The suite over the store `redis` of the deployed Worker, through its gateway to a real server: over
// HTTP, and over a service binding.
import { afterAll, beforeAll, inject } from "vitest";
import { serviceKvStore } from "../../../bindings/rpc/service-kv-store.ts";
import { contractTable, testContractTable } from "../../conformance/contract-table.ts";
import { adaptToHttp, leftOutOverHttp } from "../../conformance/http-row.ts";
import { HttpKvStore, type HttpStoreOptions } from "../../conformance/http-store.ts";
import { reasonsByTrait, runConformance } from "../../conformance/runner.ts";
import { everyStep, subjects } from "../../conformance/suite.ts";
import { patient } from "../../patience.ts";
import { partOf } from "../../tiers.ts";
import { RedisServer } from "../support/redis-server.ts";
import { TestWorker } from "../support/worker.ts";

// Between a client and the Worker there is a socket here, with limits of its own.
const cutOff = "the answer comes while the body is still being sent, and ends the connection";
const beyondTheWire: { readonly [name: string]: string } = {
  "A much too long key is refused": "the server before the Worker refuses the URL",
  "A patch of 5,000 levels is refused before it is parsed": "Node's JSON.stringify refuses it",
  "A value of 25 MiB and one byte is refused with both numbers, and nothing is written": cutOff,
  "The size of a value counts bytes, not characters": cutOff,
  "A conditional write of more than 25 MiB is refused": cutOff,
};
const mostCases = 600;
const capabilities = contractTable.redis;
let server: RedisServer;
let worker: TestWorker;

beforeAll(async () => {
  server = await RedisServer.start();
  const env = { REDIS_URL: server.url, KVISTA_REDIS_SHARDS: "2" };
  worker = await TestWorker.start(env, namespaces());
});

afterAll(async () => {
  await worker?.[Symbol.asyncDispose]();
  await server?.[Symbol.asyncDispose]();
});

// Those that the cases get, and the further ones that some name within theirs: a token has one each.
function namespaces(): string[] {
  const steps = subjects.flatMap(({ cases }) => cases.flatMap((one) => everyStep(one.steps)));
  const inner = new Set(steps.flatMap((step) => (step.in?.endsWith("/") ? [step.in] : [])));
  const outer = Array.from({ length: mostCases }, (_, i) => `c${i + 1}/`);
  return outer.flatMap((one) => [one, ...[...inner].map((further) => one + further)]);
}

const fronts = {
  http: () => {
    runConformance({
      name: "HTTP over Redis through the gateway",
      capabilities,
      backend: (use) =>
        use((namespace) => {
          const send: HttpStoreOptions["send"] = (method, path, sent) =>
            worker.ask(method, path, { namespace, ...sent });
          return new HttpKvStore({ send, store: "redis", capabilities });
        }),
      isShared: true,
      clock: "real",
      adapt: adaptToHttp,
      leavesOut: (one) => beyondTheWire[one.name] ?? leftOutOverHttp(one),
    });
  },
  service: () => {
    runConformance({
      name: "serviceKvStore over Redis through the gateway",
      capabilities,
      backend: (use) =>
        use((keyNamespace) =>
          patient(serviceKvStore({ service: worker.service, store: "redis", keyNamespace })),
        ),
      isShared: true,
      clock: "real",
      leavesOut: reasonsByTrait({
        condition: "the contract's delete and patch take no version",
        order: "writes of one key at once are concurrent",
      }),
    });

    testContractTable("serviceKvStore over Redis through the gateway", capabilities, (use) =>
      use((keyNamespace) =>
        patient(serviceKvStore({ service: worker.service, store: "redis", keyNamespace })),
      ),
    );
  },
};
for (const register of Object.values(partOf(inject("tier"), fronts, ["service"]))) register();
