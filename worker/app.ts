// The routes of the Worker, and what all of them share: request ids, tokens, problems, and the log.
import { type Context, Hono } from "hono";
import { version } from "../bindings/version.ts";
import { postBatch } from "./batch-route.ts";
import { type Front, loggedOf, storeOf } from "./context.ts";
import { listKeys } from "./list-routes.ts";
import { logFailure, requestIdOf } from "./log.ts";
import { HttpError, problemResponse } from "./problem.ts";
import { rawPathOf } from "./request-key.ts";
import type { Stores } from "./stores.ts";
import { authenticate } from "./tokens.ts";
import { deleteValue, getValue, patchValue, putValue } from "./value-routes.ts";

type Handler = (c: Context<Front>) => Response | Promise<Response>;
type Methods = { readonly [method: string]: Handler };

/** The HTTP front over these stores. */
export function httpFront(stores: Stores): Hono<Front> {
  // The path stays percent-encoded, because a decoded key may contain slashes and line ends, which
  // would change its route.
  const front = new Hono<Front>({ getPath: rawPathOf });

  front.use(async (c, next) => {
    c.set("requestId", requestIdOf(c.req.raw));
    c.set("stores", stores);
    await next();
    c.header("Kvista-Request-Id", c.get("requestId"));
  });

  route(front, "/healthz", { GET: healthz });

  // Everything below needs a token.
  front.use(async (c, next) => {
    c.set("grant", await authenticate(c.req.header("Authorization"), c.env.KVISTA_TOKENS));
    await next();
  });

  route(front, "/v1/:store/keys", { GET: listKeys });
  route(front, "/v1/:store/keys/:key{.*}", {
    GET: getValue,
    PUT: putValue,
    PATCH: patchValue,
    DELETE: deleteValue,
  });
  route(front, "/v1/:store/batch", { POST: postBatch });

  front.notFound((c) => {
    const hint = "the routes are /healthz, /v1/STORE/keys, /v1/STORE/keys/KEY and /v1/STORE/batch";
    return failed(c, new HttpError("UNKNOWN_ROUTE", "there is nothing at this path", hint));
  });
  front.onError((error, c) => failed(c, error));
  return front;
}

// Adds a path with its methods. Hono answers HEAD if there is GET. Every other method is a 405 if
// the store exists.
function route(front: Hono<Front>, path: string, methods: Methods): void {
  for (const [method, handler] of Object.entries(methods)) front.on(method, path, handler);
  const allowed = Object.keys(methods).flatMap((name) => (name === "GET" ? ["GET", "HEAD"] : name));
  const headers = { Allow: allowed.join(", ") };
  front.all(path, (c) => {
    if (path.includes(":store")) storeOf(c);
    const hint = `allowed: ${headers.Allow}`;
    throw new HttpError("METHOD_NOT_ALLOWED", "the path lacks this method", hint, { headers });
  });
}

function healthz(c: Context<Front>): Response {
  const headers = { "Cache-Control": "no-store" };
  return c.json({ status: "ok", version, stores: c.get("stores").names(c.env) }, 200, headers);
}

function failed(c: Context<Front>, error: unknown): Response {
  logFailure(error, loggedOf(c));
  return problemResponse(error, c.get("requestId"));
}
