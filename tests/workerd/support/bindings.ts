// The bindings of the tests' Worker, and prefixes that keep the keys of one test from another's.
import { env } from "cloudflare:workers";
import type { KvCatalog } from "../../../bindings/stores/durable-object/kv-catalog.ts";
import type { KvObject } from "../../../bindings/stores/durable-object/kv-object.ts";
import type { FlowJobObject } from "../../../bindings/uploadista/flow-job-object.ts";
import type { UploadFileObject } from "../../../bindings/uploadista/upload-file-object.ts";
import type { Abandoner } from "./abandoner.ts";
import type { FragileCatalog, FragileObject } from "./fragile.ts";
import type { MuteGateway } from "./mute-gateway.ts";
import type { OwnUploadFile } from "./own-upload-file.ts";
import type { LegacyTenant, Tenant } from "./tenant.ts";

export type TestBindings = {
  readonly UPLOADISTA_KV: KVNamespace;
  readonly KVISTA_OBJECTS: DurableObjectNamespace<KvObject>;
  readonly KVISTA_CATALOG: DurableObjectNamespace<KvCatalog>;
  readonly TENANTS: DurableObjectNamespace<Tenant>;
  readonly LEGACY_TENANTS: DurableObjectNamespace<LegacyTenant>;
  readonly ABANDONERS: DurableObjectNamespace<Abandoner>;
  readonly FRAGILE_OBJECTS: DurableObjectNamespace<FragileObject>;
  readonly FRAGILE_CATALOG: DurableObjectNamespace<FragileCatalog>;
  readonly MUTE_GATEWAYS: DurableObjectNamespace<MuteGateway>;
  readonly UPLOAD_FILES: DurableObjectNamespace<UploadFileObject>;
  readonly FLOW_JOBS: DurableObjectNamespace<FlowJobObject>;
  readonly OWN_UPLOAD_FILES: DurableObjectNamespace<OwnUploadFile>;
};

export const bindings = env as unknown as TestBindings;

let used = 0;

/** A prefix that no other test has. */
export function freshPrefix(): string {
  used += 1;
  return `t${used}-${crypto.randomUUID()}:`;
}

/** The error that a promise rejects with. */
export async function rejectionOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    (value) => {
      throw new Error(`it resolved with ${JSON.stringify(value)}`);
    },
    (error: unknown) => error,
  );
}

/** "ok", or the code of the KvError that the promise rejects with; any other error is thrown. */
export async function codeOf(promise: Promise<unknown>): Promise<string> {
  return promise.then(
    () => "ok",
    (error: unknown) => {
      if (error instanceof Error && "code" in error) return String(error.code);
      throw error;
    },
  );
}

/** Resolves when that many milliseconds have passed. */
export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
