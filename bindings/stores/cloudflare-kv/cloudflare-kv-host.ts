// The host over a Workers KV binding. The core decides what is requested and what a failure means
// (wasm/stores/cloudflare-kv/cloudflare-kv-store.h).

import type { HostReply } from "../../boundary/host-reply.ts";
import type { HostRequest } from "../../boundary/host-request.ts";
import { verb } from "../../boundary/host-request.ts";
import { maxConnections } from "../../contract/limits.ts";
import { mapLimited } from "../../operation/concurrency.ts";
import type { Host } from "../../operation/host.ts";

const absent = 0xffff_ffff;

const encoder = new TextEncoder();
// A key may begin with U+FEFF, which a decoder drops as a byte order mark unless `ignoreBOM` is set.
const decoder = new TextDecoder("utf-8", { fatal: false, ignoreBOM: true });

function metadataText(metadata: unknown): string {
  return metadata === null || metadata === undefined ? "" : JSON.stringify(metadata);
}

/** The keys of a bulk read. */
export function requestedKeys(request: HostRequest): string[] {
  return decoder.decode(request.value).split("\0").slice(0, -1);
}

/** The value of the reply to a bulk read: for each key its lengths, its value and its metadata. */
export function packedValues(found: { value: string | null; metadata: unknown }[]): Uint8Array {
  const parts: Uint8Array[] = [];
  for (const { value, metadata } of found) {
    const valueBytes = encoder.encode(value ?? "");
    const metadataBytes = encoder.encode(metadataText(metadata));
    const lengths = new Uint8Array(8);
    const view = new DataView(lengths.buffer);
    view.setUint32(0, value === null ? absent : valueBytes.length, true);
    view.setUint32(4, metadataBytes.length, true);
    parts.push(lengths, valueBytes, metadataBytes);
  }
  const bytes = new Uint8Array(parts.reduce((total, part) => total + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

export class CloudflareKvHost implements Host {
  readonly #kv: KVNamespace;

  constructor(kv: KVNamespace) {
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
        const found = await this.#kv.getWithMetadata(key, { type: "arrayBuffer" });
        if (found.value === null) return {};
        return {
          present: true,
          value: new Uint8Array(found.value),
          meta: encoder.encode(metadataText(found.metadata)),
        };
      }
      case verb.readMany: {
        const keys = requestedKeys(request);
        const found = await this.#kv.getWithMetadata(keys, "text");
        return {
          present: true,
          value: packedValues(keys.map((one) => found.get(one) ?? { value: null, metadata: null })),
        };
      }
      case verb.write:
        await this.#kv.put(key, value, {
          ...(meta.length > 0 && { metadata: JSON.parse(decoder.decode(meta)) }),
          ...(number > 0 && { expirationTtl: number }),
        });
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
          meta: encoder.encode(
            page.keys.map(({ metadata }) => `${metadataText(metadata)}\0`).join(""),
          ),
          extra: page.list_complete ? undefined : encoder.encode(page.cursor),
        };
      }
      default:
        throw new TypeError(`Workers KV has no verb ${asked}`);
    }
  }
}
