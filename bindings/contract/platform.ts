// The bindings of Cloudflare's platform in the package's types: only the parts that tell one
// binding from another. A program for Node has none of Cloudflare's types, and a Worker may have
// any version of them. The hosts, which call the bindings, use the real types.

/** A Workers KV binding, a `KVNamespace`. */
export type KvBinding = {
  get(...args: never[]): Promise<unknown>;
  put(...args: never[]): Promise<unknown>;
  delete(...args: never[]): Promise<unknown>;
  list(...args: never[]): Promise<unknown>;
};

/** The least that a store over Workers KV needs: an object with these four methods. */
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

/** The binding of `KvObject` or `KvCatalog`. */
export type RemoteNamespace = {
  idFromName(name: string): ObjectId;
  get(id: ObjectId): unknown;
  getByName?(name: string): unknown;
};
