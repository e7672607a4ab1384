// Parses the query of a request. A parameter that is unknown, repeated or malformed is a 400: a
// misspelt `ttl` would otherwise keep a value for ever.
import type { Expiry } from "../bindings/contract/contract.ts";
import { maxPageKeys } from "../bindings/contract/limits.ts";
import { HttpError } from "./problem.ts";
import { percentDecoded } from "./request-key.ts";

/** The parameters of `GET /v1/{store}/keys`. */
export type ListQuery = {
  readonly prefix: string;
  readonly limit: number;
  readonly cursor: string | undefined;
  readonly values: boolean;
};

const defaultLimit = 100;

/** The expiry of a write, from `?ttl=SECONDS` or `?expiresAt=UNIX_SECONDS`. */
export function expiryOf(url: string): Expiry {
  const query = parametersOf(url, ["ttl", "expiresAt"]);
  const ttlSeconds = integerOf(query, "ttl", "seconds from now");
  const expiresAt = integerOf(query, "expiresAt", "Unix seconds");
  if (ttlSeconds !== undefined && expiresAt !== undefined) {
    throw invalid("ttl and expiresAt are both given", "give one of them");
  }
  if (ttlSeconds !== undefined) return { ttlSeconds };
  return expiresAt === undefined ? {} : { expiresAt };
}

/** The parameters of a listing, with their defaults. */
export function listQueryOf(url: string): ListQuery {
  const query = parametersOf(url, ["prefix", "limit", "cursor", "values"]);
  const limit = integerOf(query, "limit", "a number of keys") ?? defaultLimit;
  if (limit < 1 || limit > maxPageKeys) {
    throw invalid(`limit is not from 1 to ${maxPageKeys}`, "go on from the cursor for more keys");
  }
  const values = query.get("values") ?? "false";
  if (values !== "true" && values !== "false") {
    throw invalid("values is neither true nor false", "use values=true, or leave it out");
  }
  const prefix = query.get("prefix") ?? "";
  return { prefix, limit, cursor: query.get("cursor"), values: values === "true" };
}

/** Throws a 400 if there is any parameter. */
export function requireNoQuery(url: string): void {
  parametersOf(url, []);
}

function parametersOf(url: string, known: readonly string[]): Map<string, string> {
  const parameters = new Map<string, string>();
  for (const pair of new URL(url).search.slice(1).split("&")) {
    if (pair === "") continue;
    const equals = pair.indexOf("=");
    const name = decoded(equals < 0 ? pair : pair.slice(0, equals));
    if (!known.includes(name)) {
      const hint = known.length === 0 ? "leave the query out" : `known: ${known.join(", ")}`;
      throw invalid("the query has an unknown parameter", hint);
    }
    if (parameters.has(name)) throw invalid(`${name} is given twice`, "give it once");
    parameters.set(name, equals < 0 ? "" : decoded(pair.slice(equals + 1)));
  }
  return parameters;
}

function decoded(encoded: string): string {
  const hint = "encode each name and value as encodeURIComponent does";
  return percentDecoded(encoded.replaceAll("+", " "), "INVALID_ARGUMENT", "the query", hint);
}

function integerOf(
  query: ReadonlyMap<string, string>,
  name: string,
  unit: string,
): number | undefined {
  const text = query.get(name);
  if (text === undefined) return undefined;
  const number = Number(text);
  if (!/^[0-9]+$/.test(text) || !Number.isSafeInteger(number)) {
    throw invalid(`${name} is not a whole number`, `give ${unit}, in decimal digits`);
  }
  return number;
}

function invalid(message: string, hint: string): HttpError {
  return new HttpError("INVALID_ARGUMENT", message, hint);
}
