// Uploads in Redis: each expires a day after its last change.
import { createServer } from "node:http";
import { text } from "node:stream/consumers";
import { createClient } from "@redis/client";
import { KvError, redisKvStore } from "kvista/redis";

const dayInSeconds = 86_400;
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
      if (!(error instanceof KvError)) console.error(error);
      const status = error.retryable ? 503 : error instanceof KvError ? 400 : 500;
      response.writeHead(status).end(JSON.stringify(error));
    },
  );
});

async function answer(request) {
  const [, collection, key = ""] = new URL(request.url, "http://localhost").pathname.split("/");
  if (collection !== "uploads") return null;
  if (key === "") return JSON.stringify(await store.list());
  const expiry = { ttlSeconds: dayInSeconds };
  switch (request.method) {
    case "PUT":
      return JSON.stringify(await store.set(key, await text(request), expiry));
    case "PATCH":
      return (await store.patch(key, JSON.parse(await text(request)), expiry)).value;
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
    server.close();
    store.close();
    if (redis.isOpen) redis.destroy();
  });
}
