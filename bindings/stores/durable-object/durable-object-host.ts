// The host that calls objects and shards of the catalog. Each request is one RPC with a new stub,
// because a stub stays broken after a failure.

import type { HostReply } from "../../boundary/host-reply.ts";
import type { RequestView } from "../../boundary/host-request.ts";
import {
  headFrom,
  type RemoteAnswer,
  type RemoteHead,
  type RemoteValue,
  replyFrom,
  requestValueFrom,
} from "../../boundary/remote-message.ts";
import type { RemoteNamespace } from "../../contract/platform.ts";
import type { Host } from "../../operation/host.ts";

/** The only RPC method of `KvObject` and of `KvCatalog`. */
export interface ObjectRpc {
  kvista(head: RemoteHead, value: RemoteValue): Promise<RemoteAnswer>;
}

const toCatalog = 1;

export class DurableObjectHost implements Host {
  readonly takesViews = true;
  readonly #objects: RemoteNamespace;
  readonly #catalog: RemoteNamespace;

  constructor(objects: RemoteNamespace, catalog: RemoteNamespace) {
    this.#objects = objects;
    this.#catalog = catalog;
  }

  perform(requests: readonly RequestView[]): Promise<HostReply[]> {
    const [only] = requests;
    if (only !== undefined && requests.length === 1) {
      return this.#call(only).then(onlyReply, onlyFailed);
    }
    return Promise.all(requests.map((request) => this.#call(request).then(replyFrom, failed)));
  }

  #call(request: RequestView): Promise<RemoteAnswer> {
    try {
      const stub = stubOf(
        request.number === toCatalog ? this.#catalog : this.#objects,
        request.key,
      );
      return stub.kvista(headFrom(request.metaView), requestValueFrom(request));
    } catch (thrown) {
      return Promise.reject(thrown);
    }
  }
}

function stubOf(namespace: RemoteNamespace, name: string): ObjectRpc {
  const stub = namespace.getByName?.(name) ?? namespace.get(namespace.idFromName(name));
  return stub as ObjectRpc;
}

function failed(thrown: unknown): HostReply {
  return { thrown };
}

function onlyReply(answer: RemoteAnswer): HostReply[] {
  return [replyFrom(answer)];
}

function onlyFailed(thrown: unknown): HostReply[] {
  return [failed(thrown)];
}
