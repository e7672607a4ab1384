// Reads the key from a request's path: everything after `/keys/`, as percent-encoded UTF-8.
import { HttpError } from "./problem.ts";

const strictUtf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const hint =
  "encode the key's UTF-8 bytes as encodeURIComponent does, with every / as %2F: a bare . or .. " +
  "between slashes is resolved before the request arrives";

/** The path of a request as it was sent, still percent-encoded. */
export function rawPathOf(request: Request): string {
  return new URL(request.url).pathname;
}

/** The key of a path `/v1/{store}/keys/{key}`. Throws a 400 if it is not percent-encoded UTF-8. */
export function keyOf(rawPath: string): string {
  return percentDecoded(rawPath.split("/").slice(4).join("/"), "INVALID_KEY", "the key", hint);
}

/** Decodes percent-encoded UTF-8. If it is malformed, throws an error with `code`, `what` and `hint`. */
export function percentDecoded(
  encoded: string,
  code: "INVALID_KEY" | "INVALID_ARGUMENT",
  what: string,
  hint: string,
): string {
  if (!encoded.includes("%")) return encoded;
  if (/%(?![0-9A-Fa-f]{2})/.test(encoded)) {
    throw new HttpError(code, `${what} has a % that two hexadecimal digits do not follow`, hint);
  }
  const bytes: number[] = [];
  for (let at = 0; at < encoded.length; at += 1) {
    if (encoded[at] === "%") {
      bytes.push(Number.parseInt(encoded.slice(at + 1, at + 3), 16));
      at += 2;
    } else {
      // All other characters of a URL are ASCII.
      bytes.push(encoded.charCodeAt(at));
    }
  }
  try {
    return strictUtf8.decode(new Uint8Array(bytes));
  } catch {
    throw new HttpError(code, `${what} is not UTF-8 when percent-decoded`, hint);
  }
}
