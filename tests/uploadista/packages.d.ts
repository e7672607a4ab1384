// The parts of Uploadista's packages that tests call; they are not installed (bench/uploadista.ts).
declare module "@uploadista/kv-store-cloudflare-do" {
  type Store = import("./core.ts").KvStore<unknown>;
  type Options = { readonly durableObject: DurableObjectNamespace };
  export function makeCloudflareDoUploadStore(options: Options): Store;
  export function makeCloudflareDoFlowStore(options: Options): Store;
}
