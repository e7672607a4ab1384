// Miniflare's Workers KV passes the host suite (tests/conformance/host.json), which the fake of the
// native tests passes too: so the fake does what the binding does.
import { reset } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, expect, test } from "vitest";
import host from "../../conformance/host.json" with { type: "json" };

type Text = unknown;
type MadeText = {
  readonly bytes?: number;
  readonly of?: string;
  readonly end?: string;
  readonly repeat?: readonly [string, number];
  readonly cursor?: string;
};
type Found = { readonly value: Text; readonly metadata: unknown } | null;
type Step = {
  readonly put?: readonly [Text, Text, { expirationTtl?: number; metadata?: unknown }?];
  readonly fill?: Text;
  readonly get?: Text;
  readonly bulk?: Text;
  readonly delete?: Text;
  readonly list?: { readonly prefix?: Text; readonly limit?: number; readonly cursor?: Text };
  readonly gives?: unknown;
  readonly throws?: string;
  readonly as?: string;
};

const kv = (env as unknown as { UPLOADISTA_KV: KVNamespace }).UPLOADISTA_KV;
const encoder = new TextEncoder();

afterEach(reset);

/** A text of the suite, written out. */
function textOf(text: Text, cursors: ReadonlyMap<string, string>): string {
  if (typeof text === "string") return text;
  const { bytes = 0, of = "", end = "", repeat, cursor } = text as MadeText;
  if (cursor !== undefined) return cursors.get(cursor) ?? "";
  if (repeat !== undefined) return repeat[0].repeat(repeat[1]);
  return of.repeat(bytes - encoder.encode(end).length) + end;
}

function textsOf(texts: Text): string[] {
  if (Array.isArray(texts)) return texts.map((text) => textOf(text, new Map()));
  const { series, count } = texts as { series: string; count: number };
  return Array.from({ length: count }, (_, i) => series + String(i).padStart(6, "0"));
}

function metadataOf(metadata: unknown): unknown {
  const { $text } = (metadata ?? {}) as { $text?: Text };
  return $text === undefined ? metadata : textOf($text, new Map());
}

function foundOf(found: Found | undefined): Found {
  return found === null || found === undefined || found.value === null
    ? null
    : { value: found.value, metadata: found.metadata };
}

async function perform(step: Step, cursors: Map<string, string>): Promise<unknown> {
  if (step.put !== undefined) {
    const [key, value, options = {}] = step.put;
    const { expirationTtl, metadata } = options;
    await kv.put(textOf(key, cursors), textOf(value, cursors), {
      ...(expirationTtl !== undefined && { expirationTtl }),
      ...(metadata !== undefined && { metadata: metadataOf(metadata) }),
    });
  } else if (step.fill !== undefined) {
    await Promise.all(textsOf(step.fill).map((key) => kv.put(key, "1")));
  } else if (step.get !== undefined) {
    return foundOf(await kv.getWithMetadata(textOf(step.get, cursors), "text"));
  } else if (step.bulk !== undefined) {
    const keys = textsOf(step.bulk);
    const found = await kv.getWithMetadata(keys, "text");
    return keys.map((key) => foundOf(found.get(key)));
  } else if (step.delete !== undefined) {
    await kv.delete(textOf(step.delete, cursors));
  } else if (step.list !== undefined) {
    const { prefix, limit, cursor } = step.list;
    const page = await kv.list({
      ...(prefix !== undefined && { prefix: textOf(prefix, cursors) }),
      ...(limit !== undefined && { limit }),
      ...(cursor !== undefined && { cursor: textOf(cursor, cursors) }),
    });
    if (step.as !== undefined && !page.list_complete) cursors.set(step.as, page.cursor);
    const keys = page.keys.map(({ name }) => name);
    return { keys, counts: keys.length, complete: page.list_complete };
  } else {
    throw new Error(`the suite has a step that is not known: ${JSON.stringify(step)}`);
  }
  return undefined;
}

test("the suite of the host has cases", () => expect(host.cases.length).toBeGreaterThan(10));

for (const { name, steps } of host.cases as unknown as { name: string; steps: Step[] }[]) {
  test(name, async () => {
    const cursors = new Map<string, string>();
    for (const step of steps) {
      const performed = perform(step, cursors);
      if (step.throws !== undefined) {
        await expect(performed, JSON.stringify(step)).rejects.toThrow(step.throws);
      } else if (step.gives !== null && typeof step.gives === "object") {
        expect(await performed, JSON.stringify(step)).toMatchObject(step.gives);
      } else if ("gives" in step) {
        expect(await performed, JSON.stringify(step)).toBe(step.gives);
      } else {
        await performed;
      }
    }
  });
}
