// createKvStore outside a Worker: the store that one environment variable names.
import type { KvStore } from "../contract/contract.ts";
import { openRedis } from "../settings/open-redis.ts";
import { settingError } from "../settings/setting-error.ts";
import { parseStoreUrl, type SettingOptions, validSettings } from "../settings/store-url.ts";
import { fileKvStore } from "../stores/file/file-store.ts";
import { memoryKvStore } from "../stores/memory/memory-store.ts";
import type { StoreEnvironment } from "./store-environment.ts";

export type { StoreEnvironment } from "./store-environment.ts";

const variable = "KVISTA_STORE";

/**
 * Opens the store that `KVISTA_STORE` names: `memory:`, `file:./data`, `redis://…` and so on, in
 * the grammar of bindings/settings/store-url.ts. The store's `close` also closes the client that
 * was opened here. Rejects with `INVALID_ARGUMENT` if the setting is missing or wrong; the hint
 * lists the valid ones. If the server does not answer, the store opens all the same, and its
 * operations fail until it answers.
 */
export async function createKvStore(env: StoreEnvironment = process.env): Promise<KvStore> {
  const text = env[variable];
  if (text === undefined || text === "") {
    throw settingError(`${variable} is not set`, `it can be ${validSettings}`);
  }
  const setting = parseStoreUrl(text, variable);
  if (setting.kind === "memory") return memoryKvStore(memoryOptionsOf(setting.options));
  if (setting.kind === "file") {
    return fileKvStore({ directory: setting.directory, ...fileOptionsOf(setting.options) });
  }
  const { store, settled } = await openRedis(setting);
  await settled;
  return store;
}

function memoryOptionsOf({ maxBytes, eviction, ...rest }: SettingOptions) {
  return {
    ...rest,
    ...(maxBytes === undefined ? {} : { maxBytes: wholeNumber(maxBytes, "maxBytes") }),
    ...(eviction === undefined ? {} : { eviction: oneOf(eviction, ["lru"], "eviction") }),
  };
}

function fileOptionsOf({ durability, createDirectory, ...rest }: SettingOptions) {
  return {
    ...rest,
    ...(durability === undefined
      ? {}
      : { durability: oneOf(durability, ["rename", "fsync"], "durability") }),
    ...(createDirectory === undefined
      ? {}
      : {
          createDirectory: oneOf(createDirectory, ["true", "false"], "createDirectory") === "true",
        }),
  };
}

function wholeNumber(text: string, option: string): number {
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw settingError(
    `${variable} has a ${option} that is no number`,
    "write whole bytes, in digits",
  );
}

function oneOf<T extends string>(text: string, allowed: readonly T[], option: string): T {
  const found = allowed.find((one) => one === text);
  if (found !== undefined) return found;
  throw settingError(
    `${variable} has a ${option} that is none`,
    `it can be ${allowed.join(" or ")}`,
  );
}
