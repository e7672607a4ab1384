// Uploads in Redis: each expires a day after its last change.
import { createServer } from "node:http";
import { createClient } from "@redis/client";
import { KvError, redisKvStore } from "kvista/redis";

const dayInSeconds = 86_400;
const maxBodyBytes = 1024 * 1024;
// What the caller got wrong, by its code; all else is ours, and worth another try if the error says so.
const statuses = {
  INVALID_KEY: 400,
  INVALID_VALUE: 400,
  INVALID_ARGUMENT: 400,
  NOT_FOUND: 404,
  TOO_LARGE: 413,
};
const { REDIS_URL = "redis://127.0.0.1:6379", PORT = "8787" } = process.env;

const redis = createClient({ url: REDIS_URL });
// While there is no connection, operations fail and say why; the client goes on trying.
redis.on("error", () => {});
redis.connect().catch(() => {});
const store = redisKvStore({ redis, keyNamespace: "upload:" });

const server = createServer((request, response) => {
  answer(request).then(
    (value) => response.writeHead(value === null ? 404 : 200).end(value),
    (error) => {
      if (error instanceof Refused) return response.writeHead(error.status).end(error.message);
      const isKnown = error instanceof KvError;
      const status = isKnown ? (statuses[error.code] ?? (error.retryable ? 503 : 500)) : 500;
      if (status >= 500) console.error(error);
      response.writeHead(status).end(isKnown ? JSON.stringify(error) : "it failed\n");
    },
  );
});

class Refused extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

async function bodyOf(request) {
  let body = "";
  const decoder = new TextDecoder("utf-8", { fatal: true });
  try {
    for await (const chunk of request) {
      body += decoder.decode(chunk, { stream: true });
      if (body.length > maxBodyBytes) throw new Refused(413, `at most ${maxBodyBytes} bytes\n`);
    }
    return body + decoder.decode();
  } catch (error) {
    throw error instanceof TypeError ? new Refused(400, "the body is not UTF-8\n") : error;
  }
}

function parsed(json) {
  try {
    return JSON.parse(json);
  } catch {
    throw new Refused(400, "the body is not JSON\n");
  }
}

async function answer(request) {
  const [, collection, key = ""] = new URL(request.url, "http://localhost").pathname.split("/");
  if (collection !== "uploads") return null;
  if (key === "") return JSON.stringify(await store.list());
  const expiry = { ttlSeconds: dayInSeconds };
  switch (request.method) {
    case "PUT":
      return JSON.stringify(await store.set(key, await bodyOf(request), expiry));
    case "PATCH":
      return (await store.patch(key, parsed(await bodyOf(request)), expiry)).value;
    case "DELETE":
      await store.delete(key);
      return "";
    default:
      return await store.get(key);
  }
}

server.listen(Number(PORT), () => console.log(`listening on http://localhost:${PORT}/uploads`));

for (const signal of ["SIGINT", "SIGTERM"]) {
  process.once(signal, () => {
    // What is under way is answered first.
    server.close(() => {
      store.close();
      if (redis.isOpen) redis.destroy();
    });
  });
}
