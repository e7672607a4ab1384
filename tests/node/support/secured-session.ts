// A process that opens the store of its environment, uses it, and prints what it found. Its argument is a
// package that counts as not installed.
import { registerHooks } from "node:module";
import type { KvError } from "../../../bindings/contract/errors.ts";

const [, , absent = ""] = process.argv;
registerHooks({
  resolve(specifier, context, next) {
    if (specifier === absent) throw new Error(`${absent} is not installed`);
    return next(specifier, context);
  },
});
const { createKvStore } = await import("../../../bindings/entries/index.node.ts");

const store = await createKvStore();
const soon = { deadlineMs: 2500 };
async function use(): Promise<unknown> {
  const keys = Array.from({ length: 20 }, (_unused, i) => `${store.name}/${i}`);
  for (const key of keys) await store.set(key, "{}", soon);
  const [key = ""] = keys;
  await store.patch(key, { n: 1 }, soon);
  const listed = (await store.list(`${store.name}/`, soon)).length;
  const findings = (await store.diagnose()).map(({ name }) => name);
  return { name: store.name, listed, value: await store.get(key), findings };
}
/** What it tells when it is refused; on a busy machine a deadline may pass before that is known. */
const refused = async (error: KvError): Promise<unknown> =>
  error.code === "TIMEOUT" ? use().catch(refused) : error;

console.log(JSON.stringify(await use().catch(refused)));
await store.close();
