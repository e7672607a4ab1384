// Authentication by the bearer tokens in the secret KVISTA_TOKENS. Without a valid secret, every
// request is refused: there is no open mode.
//
//   [{"token": "…", "namespace": "tenant-a/", "access": "read" | "write"}, …]
import { HttpError } from "./problem.ts";

/** What a token allows: its namespace, which is empty or ends with `/`, and whether it may write. */
export type Grant = { readonly namespace: string; readonly access: "read" | "write" };

type Token = Grant & { readonly digest: ArrayBuffer };

// The characters that a bearer token can have in a header (RFC 6750, section 2.1).
const sendable = /^[A-Za-z0-9\-._~+/]+=*$/;
const encoder = new TextEncoder();

// The last secret and its tokens, so that a secret is parsed once and not in each request. Only
// settled results are kept, because a promise belongs to the request that made it.
let parsed: { readonly secret: string; readonly tokens: readonly Token[] } | null = null;

/**
 * The grant of the request's token. Throws a 401 if there is no token or it is unknown, and a 503,
 * whose hint says what to set, if the secret is missing or malformed.
 */
export async function authenticate(
  authorization: string | undefined,
  secret: string | undefined,
): Promise<Grant> {
  const tokens = await tokensOf(secret);
  const [, given] = /^bearer +([^ ]+) *$/i.exec(authorization ?? "") ?? [];
  if (given === undefined) throw unauthorized("the request has no bearer token", "Bearer");
  const digest = await digestOf(given);
  // Every token is compared, and in constant time, so that the time shows nothing about the tokens.
  let grant: Grant | null = null;
  for (const token of tokens) {
    if (crypto.subtle.timingSafeEqual(token.digest, digest)) grant = token;
  }
  if (grant === null) throw unauthorized("the token is unknown", 'Bearer error="invalid_token"');
  return grant;
}

/** Throws a 403 if the grant does not allow writing. */
export function requireWrite(grant: Grant): void {
  if (grant.access === "write") return;
  throw new HttpError(
    "FORBIDDEN",
    "the token may only read",
    'use a token whose access is "write" in KVISTA_TOKENS',
  );
}

function unauthorized(message: string, challenge: string): HttpError {
  const hint = "send the header Authorization: Bearer TOKEN, with a token of KVISTA_TOKENS";
  return new HttpError("UNAUTHORIZED", message, hint, {
    headers: { "WWW-Authenticate": challenge },
  });
}

async function tokensOf(secret: string | undefined): Promise<readonly Token[]> {
  if (secret === undefined || secret.trim() === "") throw misconfigured("is not set");
  if (parsed?.secret === secret) return parsed.tokens;
  const tokens: Token[] = [];
  const seen = new Set<string>();
  for (const [index, entry] of entriesOf(secret).entries()) {
    const { token, ...grant } = tokenOf(entry, index + 1);
    if (seen.has(token)) throw misconfigured("repeats the token of an earlier entry", index + 1);
    seen.add(token);
    tokens.push({ ...grant, digest: await digestOf(token) });
  }
  parsed = { secret, tokens };
  return tokens;
}

function entriesOf(secret: string): unknown[] {
  let entries: unknown;
  try {
    entries = JSON.parse(secret);
  } catch {
    throw misconfigured("is not JSON");
  }
  if (!Array.isArray(entries)) throw misconfigured("is not an array");
  if (entries.length === 0) throw misconfigured("holds no token");
  return entries;
}

function tokenOf(entry: unknown, position: number): Grant & { readonly token: string } {
  if (typeof entry !== "object" || entry === null) throw misconfigured("is no object", position);
  const { token, namespace, access } = entry as { [member: string]: unknown };
  if (typeof token !== "string" || !sendable.test(token)) {
    throw misconfigured("has a token that is not text of letters, digits and -._~+/", position);
  }
  if (typeof namespace !== "string" || (namespace !== "" && !namespace.endsWith("/"))) {
    throw misconfigured('has a namespace that neither is empty nor ends in "/"', position);
  }
  if (access !== "read" && access !== "write") {
    throw misconfigured('has an access that is neither "read" nor "write"', position);
  }
  return { token, namespace, access };
}

// The message names the entry and the rule; it never contains a part of the secret.
function misconfigured(what: string, position?: number): HttpError {
  const place = position === undefined ? "" : `entry ${position} of `;
  return new HttpError(
    "NOT_CONFIGURED",
    `${place}the secret KVISTA_TOKENS ${what}`,
    'set it with "npx wrangler secret put KVISTA_TOKENS" (locally in .dev.vars) to JSON such as ' +
      '[{"token":"…","namespace":"tenant-a/","access":"write"}]',
  );
}

function digestOf(token: string): Promise<ArrayBuffer> {
  return crypto.subtle.digest("SHA-256", encoder.encode(token));
}
