// The arguments and outcomes of the service as JSON, bytes included: how a test in Node has a Worker
// call a service binding for it.
import { Buffer } from "node:buffer";

const member = "base64 of bytes";

export function encodeArgs(args: unknown): string {
  return JSON.stringify(args, (_, value: unknown) =>
    value instanceof Uint8Array ? { [member]: Buffer.from(value).toString("base64") } : value,
  );
}

export function decodeArgs(text: string): unknown {
  return JSON.parse(text, (_, value: unknown) => {
    if (typeof value !== "object" || value === null || !(member in value)) return value;
    return new Uint8Array(Buffer.from(String(value[member]), "base64"));
  });
}
