// The host over an object that has only `get`, `put`, `delete` and `list`, as Uploadista's own
// store needs it. It has no metadata, and a batch takes one `get` for each key.

import type { HostReply } from "../../boundary/host-reply.ts";
import type { HostRequest } from "../../boundary/host-request.ts";
import { verb } from "../../boundary/host-request.ts";
import { maxConnections } from "../../contract/limits.ts";
import type { KvNamespaceLike } from "../../contract/platform.ts";
import { mapLimited } from "../../operation/concurrency.ts";
import type { Host } from "../../operation/host.ts";
import { packedValues, requestedKeys } from "./cloudflare-kv-host.ts";

const encoder = new TextEncoder();
// A value may begin with U+FEFF, which a decoder drops as a byte order mark unless `ignoreBOM` is set.
const decoder = new TextDecoder("utf-8", { fatal: false, ignoreBOM: true });

export class CloudflareKvLikeHost implements Host {
  readonly #kv: KvNamespaceLike;

  constructor(kv: KvNamespaceLike) {
    this.#kv = kv;
  }

  perform(requests: readonly HostRequest[]): Promise<HostReply[]> {
    return mapLimited(maxConnections, requests, (request) =>
      this.#performOne(request).catch((thrown) => ({ thrown })),
    );
  }

  async #performOne(request: HostRequest): Promise<HostReply> {
    const { verb: asked, key, value, meta, number } = request;
    switch (asked) {
      case verb.read: {
        const found = await this.#kv.get(key);
        return found === null ? {} : { present: true, value: encoder.encode(found) };
      }
      case verb.readMany: {
        const keys = requestedKeys(request);
        const found = await Promise.all(keys.map((one) => this.#kv.get(one)));
        return {
          present: true,
          value: packedValues(found.map((one) => ({ value: one, metadata: null }))),
        };
      }
      case verb.write:
        await this.#kv.put(key, decoder.decode(value));
        return {};
      case verb.remove:
        await this.#kv.delete(key);
        return {};
      case verb.scan: {
        const cursor = meta.length > 0 ? { cursor: decoder.decode(meta) } : {};
        const page = await this.#kv.list({ prefix: key, limit: number, ...cursor });
        return {
          present: !page.list_complete,
          value: encoder.encode(page.keys.map(({ name }) => `${name}\0`).join("")),
          meta: new Uint8Array(page.keys.length),
          extra: page.list_complete ? undefined : encoder.encode(page.cursor),
        };
      }
      default:
        throw new TypeError(`a namespace with get, put, delete and list has no verb ${asked}`);
    }
  }
}
