// The context of a request, which Hono passes through the routes.
import type { Context } from "hono";
import type { ByteStore } from "../bindings/contract/bytes.ts";
import type { Env } from "./env.ts";
import type { Logged } from "./log.ts";
import { HttpError } from "./problem.ts";
import { hintFor, type Stores } from "./stores.ts";
import type { Grant } from "./tokens.ts";

/** The type of this Worker for Hono: its environment, and the variables that the middleware sets. */
export type Front = {
  Bindings: Env;
  Variables: { requestId: string; stores: Stores; grant: Grant };
};

/**
 * The store that the path names, with the namespace of the request's token. Throws a 404 if there
 * is none.
 */
export function storeOf(c: Context<Front>): ByteStore {
  const stores = c.get("stores");
  const name = c.req.param("store") ?? "";
  const store = stores.open(c.env, name, c.get("grant").namespace);
  if (store !== null) return store;
  const hint = hintFor(name, stores.names(c.env), c.env);
  throw new HttpError("UNKNOWN_STORE", "there is no store of that name", hint);
}

/**
 * What the log records of a request. It has the store only if that is configured: anybody can send
 * any path.
 */
export function loggedOf(c: Context<Front>): Logged {
  const [, , named = ""] = c.req.path.split("/");
  const store = c.get("stores").names(c.env).includes(named) ? named : null;
  return { requestId: c.get("requestId"), method: c.req.method, store };
}
