// Reads the body of a request: checks its type, and reads its bytes up to a limit.
import { HttpError } from "./problem.ts";

/** The body that a route accepts: at most `maxBytes`, and with `type` only that media type. */
export type Accepted = { readonly maxBytes: number; readonly type?: string };

const undeclaredBytes = 4096;

/**
 * The bytes of the body. Throws a 415 for another type, charset or coding, and a 413 for more than
 * `maxBytes`: at once if `Content-Length` says so, otherwise when the stream exceeds it.
 */
export async function bodyOf(request: Request, { maxBytes, type }: Accepted): Promise<Uint8Array> {
  checkType(request.headers, type);
  const declared = declaredLength(request.headers);
  if (declared !== null && declared > maxBytes) {
    // The body is not cancelled: that could close the connection before the answer is sent.
    throw tooLarge(`the body has ${declared} bytes`, maxBytes);
  }
  if (request.body === null) return new Uint8Array(0);
  // If its length is declared, a large body is in memory only once. Otherwise its buffer doubles as
  // it fills.
  let bytes = new Uint8Array(declared ?? undeclaredBytes);
  let length = 0;
  const reader = request.body.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    if (length + value.length > maxBytes) {
      await reader.cancel();
      throw tooLarge(`the body has at least ${length + value.length} bytes`, maxBytes);
    }
    if (length + value.length > bytes.length) {
      const grown = new Uint8Array(Math.max(length + value.length, bytes.length * 2));
      grown.set(bytes.subarray(0, length));
      bytes = grown;
    }
    bytes.set(value, length);
    length += value.length;
  }
  // A copy and not a view: over RPC, a view takes its whole buffer with it.
  return length === bytes.length ? bytes : bytes.slice(0, length);
}

function declaredLength(headers: Headers): number | null {
  const header = headers.get("Content-Length");
  return header !== null && /^[0-9]+$/.test(header) ? Number(header) : null;
}

function checkType(headers: Headers, type: string | undefined): void {
  const coding = headers.get("Content-Encoding")?.trim().toLowerCase() ?? "identity";
  if (coding !== "identity") {
    throw unsupported("the body is compressed", "send it as it is", {
      "Accept-Encoding": "identity",
    });
  }
  const header = headers.get("Content-Type") ?? "";
  const [essence = "", ...parameters] = header.split(";").map((part) => part.trim().toLowerCase());
  if (type !== undefined && essence !== type) {
    const accept: { [name: string]: string } = { Accept: type };
    if (type === "application/merge-patch+json") accept["Accept-Patch"] = type;
    throw unsupported(`the body is not ${type}`, `send the header Content-Type: ${type}`, accept);
  }
  for (const parameter of parameters) {
    if (parameter.startsWith("charset=") && !/^charset="?utf-?8"?$/.test(parameter)) {
      throw unsupported("the body's charset is not UTF-8", "send it as UTF-8", {});
    }
  }
}

function tooLarge(message: string, maxBytes: number): HttpError {
  return new HttpError(
    "TOO_LARGE",
    `${message}; the limit is ${maxBytes}`,
    "keep the bytes of a file in the data store, and only what describes it here",
  );
}

function unsupported(
  message: string,
  hint: string,
  headers: { [name: string]: string },
): HttpError {
  return new HttpError("UNSUPPORTED_MEDIA_TYPE", message, hint, { headers });
}
