// Writes the seeds that are made of data of other tests (their keys, patches and golden bytes) into tests/fuzz/corpus,
// where they are committed: node tests/fuzz/make-seeds.ts. The other seeds there are written by hand, and those of
// `engine` are inputs that a longer run found to reach something new.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const tests = join(import.meta.dirname, "..");

function read(path: string) {
  return JSON.parse(readFileSync(join(tests, path), "utf8"));
}

function seed(target: string, name: string, ...parts: (string | Buffer)[]): void {
  const folder = join(tests, "fuzz", "corpus", target);
  mkdirSync(folder, { recursive: true });
  const separated = parts.flatMap((part) => [Buffer.from("\n--\n"), Buffer.from(part)]).slice(1);
  const file = name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .slice(0, 60);
  writeFileSync(join(folder, file), Buffer.concat(separated));
}

for (const { name, key } of read("conformance/keys.json")) {
  if (typeof key !== "string") continue;
  seed("key", name, "space:", key, `${key}x`);
  seed("file-name", name, key, `${key.replaceAll("/", "%2F")}.json`);
}

const golden = read("node/boundary/golden.json");
for (const kind of ["requests", "replies"]) {
  golden[kind].forEach((one: { name?: string; bytes: string }, index: number) => {
    seed("wire", `${kind} ${one.name ?? index}`, Buffer.from(one.bytes, "hex"));
  });
}

for (const { name, steps } of read("conformance/cases/patch.json").cases) {
  const document = steps.find((step: object) => "set" in step)?.set[1];
  const patch = steps.find((step: object) => "patch" in step)?.patch[1];
  if (typeof document !== "string" || patch === undefined) continue;
  seed("merge-patch", name, document, typeof patch === "string" ? patch : JSON.stringify(patch));
  seed("json", name, document);
}
