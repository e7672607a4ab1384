// The part of Uploadista's package that is bundled into a Worker here; it is not installed (bench/uploadista.ts).
declare module "@uploadista/kv-store-cloudflare-kv" {
  export function makeCloudflareBaseKvStore(config: {
    readonly kv: KVNamespace;
  }): import("../uploadista.ts").UploadistaStore;
}
