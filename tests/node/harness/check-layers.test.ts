// The check of the layers finds a breach of each kind, planted in a small tree, and is silent about one without.
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { expect, onTestFinished, test } from "vitest";

const script = resolve(import.meta.dirname, "../../../scripts/check-layers.ts");

const sound: { readonly [file: string]: string } = {
  "CMakeLists.txt": "",
  "cmake/wasm.cmake": "",
  "scripts/package.ts": "",
  "wasm/core/error.h": "#include <string>\n",
  "wasm/contract/key.h": '#include "wasm/core/error.h"\n',
  "wasm/store/store.h": '#include "wasm/contract/key.h"\n',
  "wasm/stores/redis/redis-store.h": '#include "wasm/store/store.h"\n',
  "wasm/stores/file/file-store.h": '#include "wasm/store/store.h"\n',
  "bindings/boundary/abi.cc": '#include "wasm/stores/file/file-store.h"\n',
  "bindings/contract/errors.ts": "export class KvError {}\n",
  "bindings/stores/redis/redis-store.ts": 'import { KvError } from "../../contract/errors.ts";\n',
  "bindings/stores/file/file-store.ts": 'import { KvError } from "../../contract/errors.ts";\n',
  "bindings/open/create-store.ts": 'import "../stores/redis/redis-store.ts";\n',
  "worker/app.ts": 'import "../bindings/open/create-store.ts";\nimport "hono";\n',
};

/** What the check says of the sound tree with these files in place of its own, or beside them. */
function check(planted: { readonly [file: string]: string }): { status: number; said: string } {
  const root = mkdtempSync(join(tmpdir(), "kvista-layers-"));
  onTestFinished(() => rmSync(root, { recursive: true }));
  for (const [file, text] of Object.entries({ ...sound, ...planted })) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), text);
  }
  const { status, stdout, stderr } = spawnSync(process.execPath, [script], {
    cwd: root,
    encoding: "utf8",
  });
  return { status: status ?? -1, said: stdout + stderr };
}

test("a sound tree passes, and a tree without sources does not", () => {
  const { status, said } = check({});
  expect(said).toContain("5 files of the core");
  expect(said).toContain("0 problems");
  expect(status).toBe(0);
  const empty = mkdtempSync(join(tmpdir(), "kvista-layers-"));
  onTestFinished(() => rmSync(empty, { recursive: true }));
  expect(spawnSync(process.execPath, [script], { cwd: empty }).status).toBe(1);
});

const breaches: readonly [kind: string, file: string, text: string, said: string][] = [
  [
    "a header of a higher room of the core",
    "wasm/contract/admit.cc",
    '#include "wasm/store/store.h"\n',
    "wasm/contract/admit.cc:1: imports wasm/store/store.h, but wasm/store is above wasm/contract",
  ],
  [
    "a header of another store",
    "wasm/stores/redis/redis-listing.cc",
    '#include "wasm/stores/file/file-store.h"\n',
    "but wasm/stores/redis and wasm/stores/file are apart",
  ],
  [
    "headers that include each other",
    "wasm/core/error.h",
    '#include "wasm/core/task.h"\n',
    "wasm/core/error.h:1: imports itself in a circle",
  ],
  [
    "a header of the boundary in the core",
    "wasm/core/task.cc",
    '#include "bindings/boundary/wire.h"\n',
    "imports bindings/boundary/wire.h, which is above wasm/",
  ],
  [
    "a header that is not named from the root",
    "wasm/core/task.cc",
    '#include "error.h"\n',
    "name our own headers from the repository's root",
  ],
  ["a source in no room", "wasm/odd/odd.cc", "", "wasm/odd/odd.cc:1: lies in no room"],
  ["a clock in the core", "wasm/core/task.cc", "auto t = std::time(0);\n", "reads a clock"],
  ["I/O in the core", "wasm/core/task.cc", "#include <fstream>\n", "the core has no use for I/O"],
  [
    "Emscripten in the core",
    "wasm/core/task.cc",
    "#include <emscripten.h>\n",
    "the core knows no Emscripten",
  ],
  [
    "a view as a coroutine's parameter",
    "wasm/core/task.cc",
    "Task<int> look(std::string_view text);\n",
    "takes a view as a coroutine parameter",
  ],
  ["a planted bug", "wasm/core/task.cc", "// planted\n", "names the simulator, or a bug"],
  [
    "a module of a higher room",
    "bindings/contract/bytes.ts",
    'import type { Opened } from "../open/create-store.ts";\n',
    "but bindings/open is above bindings/contract",
  ],
  [
    "a module of another store",
    "bindings/stores/file/file-host.ts",
    'import "../redis/redis-store.ts";\n',
    "but bindings/stores/file and bindings/stores/redis are apart",
  ],
  [
    "modules that import each other's types",
    "bindings/contract/errors.ts",
    'import type { Entry } from "./contract.ts";\n',
    "bindings/contract/contract.ts → bindings/contract/errors.ts → bindings/contract/contract.ts",
  ],
  [
    "the Worker in bindings",
    "bindings/open/bound-stores.ts",
    'import "../../worker/app.ts";\n',
    "imports worker/app.ts, which is above bindings/",
  ],
  [
    "tests in the Worker",
    "worker/app.ts",
    'import "../tests/node/support/random.ts";\n',
    "which is above worker/",
  ],
  [
    "the core in the Worker",
    "worker/app.ts",
    'import "../wasm/core/error.ts";\n',
    "but only bindings/ knows wasm/",
  ],
  [
    "the core's module past the boundary",
    "bindings/open/x.ts",
    'import { coreModule } from "#core-module";\n',
    "imports #core-module, but only the boundary loads the core",
  ],
  [
    "Hono in bindings",
    "bindings/open/x.ts",
    'import { Hono } from "hono";\n',
    "does not know Hono",
  ],
  [
    "a module without its ending",
    "bindings/open/x.ts",
    'import "./create-store";\n',
    '"./create-store": name the file with its ending',
  ],
];

// What closes a circle, or is imported.
const beside: { readonly [file: string]: string } = {
  "wasm/core/task.h": '#include "wasm/core/error.h"\n',
  "bindings/contract/contract.ts": 'import { KvError } from "./errors.ts";\n',
};

test.for(breaches)("%s is found", ([, file, text, said]) => {
  const result = check({ ...beside, [file]: text });
  expect(result.said).toContain(said);
  expect(result.said).toContain("; 1 problems");
  expect(result.status).toBe(1);
});
