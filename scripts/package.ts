// Makes dist/, the built form of bindings/ and worker/ that is published: their JavaScript and types as
// tsc emits them, and the WebAssembly modules that they import. It is made aside and then put in place.
// The modules must have been built; `scripts/build package` does both.
import { execFileSync } from "node:child_process";
import { copyFileSync, globSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";

const checkout = join(import.meta.dirname, "..");
const dist = join(checkout, "dist");
const made = `${dist}.new`;

type Manifest = {
  readonly version: string;
  readonly exports: { readonly [entry: string]: string | { readonly [condition: string]: string } };
};
const manifest: Manifest = JSON.parse(readFileSync(join(checkout, "package.json"), "utf8"));

rmSync(made, { recursive: true, force: true });
execFileSync("tsc", ["--project", "tsconfig.package.json", "--outDir", made], {
  cwd: checkout,
  stdio: "inherit",
});
renameTypeImports();
dropInnerTypes();
placeModules();
nameBuiltModules();
writeVersion();
rmSync(dist, { recursive: true, force: true });
renameSync(made, dist);

function filesOf(pattern: string): string[] {
  return globSync(pattern, { cwd: made });
}

function textOf(file: string): string {
  return readFileSync(join(made, file), "utf8");
}

// tsc leaves the endings of imports in declarations as they are in the sources.
function renameTypeImports(): void {
  for (const file of filesOf("**/*.d.ts")) {
    const renamed = textOf(file).replace(/((?:from |import\()"\.[^"]+)\.ts"/g, '$1.js"');
    writeFileSync(join(made, file), renamed);
  }
}

// Declarations that no entry leads to: some name what only the checkout has.
function dropInnerTypes(): void {
  const reached = new Set<string>();
  const visit = (file: string) => {
    if (reached.has(file)) return;
    reached.add(file);
    for (const [, target = ""] of textOf(file).matchAll(/(?:from |import\()"(\.[^"]+)\.js"/g)) {
      visit(normalize(join(dirname(file), `${target}.d.ts`)));
    }
  };
  for (const target of Object.values(manifest.exports).flatMap((one) =>
    typeof one === "string" ? one : Object.values(one),
  )) {
    if (target.startsWith("./dist/"))
      visit(target.slice("./dist/".length).replace(/\.js$/, ".d.ts"));
  }
  for (const file of filesOf("**/*.d.ts")) if (!reached.has(file)) rmSync(join(made, file));
}

// Beside what imports them; and where the source reads a module's bytes, the bytes.
function placeModules(): void {
  for (const file of filesOf("**/*.js")) {
    for (const [, name = ""] of textOf(file).matchAll(/from "\.\/([^"/]+\.wasm)"/g)) {
      const module = join(dirname(file), name);
      copyFileSync(join(checkout, module), join(made, module));
    }
  }
  for (const file of filesOf("**/*.wasm.js")) {
    const bytes = readFileSync(join(checkout, file.replace(/\.js$/, "")));
    const source =
      `// The bytes of ${file.replace(/^.*\/|\.js$/g, "")}.\n` +
      `import { Buffer } from "node:buffer";\n\n` +
      `export const bytes = Buffer.from(\n  "${bytes.toString("base64")}",\n  "base64",\n);\n`;
    writeFileSync(join(made, file), source);
  }
}

// In the published manifest the names of modules have a prefix, under which `imports` names built files:
// those of the checkout name its sources.
function nameBuiltModules(): void {
  for (const file of filesOf("**/*.js")) {
    const named = textOf(file).replace(/from "#([a-z-]+-module)"/g, 'from "#dist/$1"');
    writeFileSync(join(made, file), named);
  }
}

// A manifest is no part of what is built: its version is written out.
function writeVersion(): void {
  const source = `// The version of this package.\nexport const version = "${manifest.version}";\n`;
  writeFileSync(join(made, "bindings/version.js"), source);
  rmSync(join(made, "package.json"));
}
