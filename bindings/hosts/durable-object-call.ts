// The host that calls objects and shards of the catalog: each request is one RPC, on a stub of its
// own, because a stub stays broken after a failure.
import type { Host } from "../drive.ts";
import type { HostReply, HostRequest } from "../wire.ts";

/** What an object answers: the answer's bytes, and its value beside them. */
export type RemoteAnswer = { readonly head: Uint8Array; readonly value: Uint8Array | null };

/** The one RPC method of `KvObject` and of `KvCatalog`. */
export interface RemoteStore {
  kvista(head: Uint8Array, value: Uint8Array | null): Promise<RemoteAnswer>;
}

/** A namespace of objects that have that method. */
export type RemoteNamespace = {
  idFromName(name: string): DurableObjectId;
  get(id: DurableObjectId): unknown;
};

const toCatalog = 1;

export class DurableObjectCallHost implements Host {
  readonly #objects: RemoteNamespace;
  readonly #catalog: RemoteNamespace;

  constructor(objects: RemoteNamespace, catalog: RemoteNamespace) {
    this.#objects = objects;
    this.#catalog = catalog;
  }

  perform(requests: readonly HostRequest[]): Promise<HostReply[]> {
    return Promise.all(
      requests.map((request) => this.#call(request).catch((thrown) => ({ thrown }))),
    );
  }

  async #call({ key, meta, value, number }: HostRequest): Promise<HostReply> {
    const namespace = number === toCatalog ? this.#catalog : this.#objects;
    const stub = namespace.get(namespace.idFromName(key)) as RemoteStore;
    const answer = await stub.kvista(meta, value.length > 0 ? value : null);
    return { present: true, meta: answer.head, value: answer.value ?? undefined };
  }
}
