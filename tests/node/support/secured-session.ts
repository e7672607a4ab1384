// A process that opens the store of its environment, uses it, and prints what it found. Its arguments are a package that
// counts as not installed and, if the server is not to let it in, `refused`.
import { registerHooks } from "node:module";
import { patient } from "../../patience.ts";
import { atDeadline, isTold } from "./leap.ts";

const [, , absent = "", isRefused] = process.argv;
registerHooks({
  resolve(specifier, context, next) {
    if (specifier === absent) throw new Error(`${absent} is not installed`);
    return next(specifier, context);
  },
});
const { createKvStore } = await import("../../../bindings/entries/index.node.ts");

const store = patient(await createKvStore());

async function use(): Promise<unknown> {
  const keys = Array.from({ length: 20 }, (_unused, i) => `${store.name}/${i}`);
  for (const key of keys) await store.set(key, "{}");
  const [key = ""] = keys;
  await store.patch(key, { n: 1 });
  const listed = (await store.list(`${store.name}/`)).length;
  const findings = (await store.diagnose()).map(({ name }) => name);
  return { name: store.name, listed, value: await store.get(key), findings };
}

/** What it is told that is refused, once its client knows why. */
async function refusal(): Promise<unknown> {
  await isTold(/certificate|not connected.*127\.0\.0\.1:/, store);
  return atDeadline((call) => store.set("refused", "{}", call)).catch((error) => error);
}

console.log(JSON.stringify(await (isRefused === "refused" ? refusal() : use())));
await store.close();
