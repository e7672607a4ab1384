// What the data's texts, versions and moments stand for in one case.
import type { Keys, Moment, Options, SetItem, SetItems, Text, Version } from "./suite.ts";

/** What a case knows while it runs. */
export type Known = {
  /** The bytes of the namespace that the step's keys lie in. */
  readonly namespaceBytes: number;
  /** Versions and cursors kept by `as`. */
  readonly kept: ReadonlyMap<string, string>;
  /** What `{"eachKey": true}` stands for. */
  readonly eachKey: Text | null;
  /** How long each of its seconds is, in seconds; by default one. */
  readonly scale?: number;
  /** When it began (Unix ms), if that matters. */
  readonly beganMs?: number;
};

export type PlainOptions = { ttlSeconds?: number; expiresAt?: number; version?: string };

const encoder = new TextEncoder();

export function textOf(text: Text, known: Known): string {
  if (typeof text === "string") return text;
  if ("repeat" in text) return textOf(text.repeat[0], known).repeat(text.repeat[1]);
  if ("concat" in text) return text.concat.map((part) => textOf(part, known)).join("");
  if ("codeUnits" in text) return String.fromCharCode(...text.codeUnits);
  if ("bytes" in text) return filled(text.bytes, text.of, text.end);
  if ("keyBytes" in text) return filled(text.keyBytes - known.namespaceBytes, text.of, text.end);
  if ("cursor" in text) return keptAs(text.cursor, known);
  if (known.eachKey === null) throw new Error('eachKey stands in a case without "forEach"');
  return textOf(known.eachKey, known);
}

/** What `version` and `expiresAt` of a step expect or send. */
export async function versionOf(version: Version, known: Known): Promise<string> {
  if (typeof version === "string") return version;
  if ("version" in version) return keptAs(version.version, known);
  const value = encoder.encode(textOf(version.versionOf, known));
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-1", value));
  return Array.from(digest.subarray(0, 16), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

export function momentOf(moment: Moment, { scale = 1 }: Known, nowMs = Date.now()): number {
  if (typeof moment === "number") return moment;
  return Math.floor(nowMs / 1000) + moment.fromNow * scale;
}

export function keysOf(keys: Keys, known: Known): string[] {
  if ("series" in keys) return series(keys.series, keys.count);
  return keys.map((key) => textOf(key, known));
}

export async function optionsOf(options: Options | undefined, known: Known): Promise<PlainOptions> {
  const { ttlSeconds, expiresAt, version } = options ?? {};
  return {
    ...(ttlSeconds === undefined ? {} : { ttlSeconds: ttlSeconds * (known.scale ?? 1) }),
    ...(expiresAt === undefined ? {} : { expiresAt: momentOf(expiresAt, known) }),
    ...(version === undefined ? {} : { version: await versionOf(version, known) }),
  };
}

export function itemsOf(
  items: SetItems,
  known: Known,
): Promise<({ key: string; value: string } & PlainOptions)[]> {
  const listed: readonly SetItem[] =
    "series" in items ? series(items.series, items.count).map((key) => [key, items.value]) : items;
  return Promise.all(
    listed.map(async ([key, value, options]) => ({
      key: textOf(key, known),
      value: textOf(value, known),
      ...(await optionsOf(options, known)),
    })),
  );
}

/** JSON as it is sent: compact text, or the text that `{"$text": text}` gives. */
export function jsonTextOf(json: unknown, known: Known): string {
  if (typeof json === "object" && json !== null && "$text" in json) {
    return textOf(json.$text as Text, known);
  }
  return JSON.stringify(json);
}

function series(prefix: string, count: number): string[] {
  return Array.from({ length: count }, (_, i) => prefix + String(i).padStart(6, "0"));
}

function filled(bytes: number, of: string, end = ""): string {
  return of.repeat(bytes - encoder.encode(end).length) + end;
}

function keptAs(name: string, known: Known): string {
  const kept = known.kept.get(name);
  if (kept === undefined) throw new Error(`no earlier step has "as": ${JSON.stringify(name)}`);
  return kept;
}
