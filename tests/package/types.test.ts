// The declarations of the packed package by themselves: in a project with no peer and with no types of
// a platform, and to an older compiler.
import { afterAll, beforeAll, expect, test } from "vitest";
import { entries } from "./support/entries.ts";
import { asInCheckout, Project } from "./support/project.ts";
import { checkTypes, resolutions } from "./support/types.ts";

const olderTypeScript = "5.9.3";
const inNode = Object.keys(entries).filter((name) => entries[name]?.runsIn.includes("node"));
// The one peer whose types are in an entry's own.
const withoutEffect = inNode.filter((name) => !entries[name]?.peers.includes("effect"));

let project: Project;
beforeAll(async () => {
  project = await Project.make("memory.ts");
  await project.install();
});
afterAll(() => project?.[Symbol.asyncDispose]());

test.each(resolutions)("kvista/memory wants no peer's types with %s", async (resolution) => {
  await checkTypes(project, { file: "memory.ts", resolution, types: [] });
});

test.each(withoutEffect)(
  "the declarations of %s want no types of a client or platform",
  async (entry) => {
    const file = `${entry.replace("/", "-")}.ts`;
    await project.write(file, `export { KvError } from "${entry}";\n`);
    await checkTypes(project, { file, resolution: "nodenext", types: [] });
  },
);

test("a program that is wrong is told so", async () => {
  await project.write(
    "wrong.ts",
    `import { memoryKvStore } from "kvista/memory";\nexport const n: Promise<number> = memoryKvStore().get("k");\n`,
  );
  const checked = checkTypes(project, { file: "wrong.ts", resolution: "nodenext", types: [] });
  await expect(checked).rejects.toThrow("is not assignable to type 'Promise<number>'");
});

test("an older TypeScript reads the declarations", async () => {
  await using older = await Project.make("memory.ts");
  await older.install(`typescript@${olderTypeScript}`, asInCheckout("effect"));
  const source = inNode.map((entry, i) => `export * as entry${i} from "${entry}";\n`).join("");
  await older.write("every.ts", source);
  const options = ["--strict", "--noEmit", "--target", "es2022", "--module", "nodenext"];
  await older.run("node_modules/.bin/tsc", ...options, "memory.ts", "every.ts");
});
