// The entry kvista/cloudflare-do: the store. The classes that it calls are in the entry
// kvista/worker, because only a Worker can load them.
export {
  type DurableObjectNamespaceOptions,
  type DurableObjectStorageOptions,
  type DurableObjectStorageStore,
  durableObjectKvStore,
} from "../stores/durable-object/durable-object-store.ts";
export * from "./contract.ts";
