// What the package's types say of Cloudflare's platform: the parts of a binding that make it one. A
// program for Node has none of Cloudflare's types, and those of a Worker may be of any version. The
// hosts, which call these, have the real types.

/** A Workers KV binding, a `KVNamespace`. */
export type KvBinding = {
  get(...args: never[]): Promise<unknown>;
  put(...args: never[]): Promise<unknown>;
  delete(...args: never[]): Promise<unknown>;
  list(...args: never[]): Promise<unknown>;
};

/** What of a Workers KV binding a store can do with. */
export type KvNamespaceLike = {
  get(key: string): Promise<string | null>;
  put(key: string, value: string): Promise<unknown>;
  delete(key: string): Promise<unknown>;
  list(options: { prefix: string; limit: number; cursor?: string }): Promise<{
    readonly keys: readonly { readonly name: string }[];
    readonly list_complete: boolean;
    readonly cursor?: string;
  }>;
};

/** `ctx.storage` of an object, a `DurableObjectStorage`. */
export type ObjectStorage = {
  readonly sql: { exec(...args: never[]): unknown };
  transactionSync(...args: never[]): unknown;
};

/** The id of an object, a `DurableObjectId`. */
export type ObjectId = { toString(): string };

/** A namespace of objects that have the one method of `KvObject` and of `KvCatalog`. */
export type RemoteNamespace = {
  idFromName(name: string): ObjectId;
  get(id: ObjectId): unknown;
  getByName?(name: string): unknown;
};
