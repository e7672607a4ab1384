// What the entry gives, by name (types: tests/uploadista/types.ts): those of Uploadista's code, those of its documents, and ours.
import { expect, test } from "vitest";
import * as entry from "../../../bindings/entries/uploadista.node.ts";

const inItsCode = [
  "cloudflareDoFlowJobKvStore",
  "cloudflareDoFlowStore",
  "cloudflareDoUploadStore",
  "cloudflareKvStore",
  "fileKvStore",
  "ioRedisKvStore",
  "makeCloudflareBaseKvStore",
  "makeCloudflareDoFlowStore",
  "makeCloudflareDoUploadStore",
  "makeFileBaseKvStore",
  "makeIoRedisBaseKvStore",
  "makeMemoryBaseKvStore",
  "makeRedisBaseKvStore",
  "memoryKvStore",
  "redisKvStore",
];
const inItsDocuments = ["durableObjectKvStore", "ioredisKvStore"];
const ours = [
  "BaseKvStoreService",
  "FlowJobKVStore",
  "KvError",
  "UploadFileKVStore",
  "UploadistaError",
  "baseStore",
  "makeDurableObjectBaseKvStore",
];

test("the entry gives each of these names and no other", () => {
  const names = [...inItsCode, ...inItsDocuments, ...ours].sort();
  expect(Object.keys(entry).sort()).toEqual(names);
  expect(entry.ioredisKvStore).toBe(entry.ioRedisKvStore);
  expect(entry.cloudflareDoFlowStore).toBe(entry.makeCloudflareDoFlowStore);
});
