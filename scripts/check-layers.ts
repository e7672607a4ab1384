// Checks that dependencies point downwards only: worker → bindings → wasm, and in wasm/ from room to room. Reads the
// sources; it is no compiler, so it knows includes and imports, and in wasm/ also names that must not occur in code.
import { globSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";

const problems: string[] = [];

function report(file: string, line: number, message: string): void {
  problems.push(`${file}:${line}: ${message}`);
}

/** The text with comments and literals blanked, so that a line keeps its number. */
function codeOnly(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\/|\/\/[^\n]*|"(?:\\.|[^"\\\n])*"/g, (match) =>
    match.replace(/[^\n]/g, " "),
  );
}

// The core does no I/O, reads no clock and no randomness, and knows neither JavaScript nor Emscripten.
const forbiddenHeaders = new Map<string, string>(
  [
    [
      "I/O",
      "cstdio fstream iostream istream ostream sstream filesystem stdio.h unistd.h fcntl.h print syncstream",
    ],
    ["a clock", "ctime time.h sys/time.h"],
    ["randomness of its own", "random"],
    [
      "threads",
      "thread mutex shared_mutex condition_variable future semaphore latch barrier stop_token",
    ],
    ["exceptions", "stdexcept"],
    ["RTTI", "typeinfo typeindex any"],
  ].flatMap(([what, names]) => (names ?? "").split(" ").map((name) => [name, what ?? ""] as const)),
);

const forbiddenNames: [RegExp, string][] = [
  [/\b(?:system_clock|steady_clock|high_resolution_clock|utc_clock)\b/, "reads a clock"],
  [
    /\b(?:std::time|gettimeofday|clock_gettime|std::rand|srand|arc4random|random_device)\b/,
    "reads a clock or randomness",
  ],
  [/\b(?:fopen|fread|fwrite|fprintf|printf|std::cout|std::cerr|std::print)\b/, "does I/O"],
  [/\b(?:EM_JS|EM_ASM|EMSCRIPTEN_KEEPALIVE|emscripten_\w+|__EMSCRIPTEN__)\b/, "knows Emscripten"],
  [/\b(?:thread_local)\b/, "keeps static state"],
  [/\b(?:export_name|import_name|import_module)\b/, "belongs in bindings/"],
  // A coroutine takes one reference, that of its Operation, which outlives its frame. A view would not.
  [
    /\bTask<[^;{}()]*>\s+\w+(?:::\w+)*\([^(){};]*\bstd::(?:string_view|span)\b[^;{}]*\)/,
    "takes a view as a coroutine parameter",
  ],
];

// The rooms of the core, each of which includes only itself and those below it. A store includes no other store.
const rooms = ["core", "text", "records", "contract", "store", "stores", "open", "engine"];

/** Why a file of one room may not include another's, or nothing. */
function whyNotIncluded(file: string, included: string): string | undefined {
  const [from = "", ofStore] = file.split("/").slice(1);
  const [to = "", storeIncluded] = included.split("/").slice(1);
  if (!rooms.includes(to)) return "which is in no room of the core";
  if (rooms.indexOf(to) > rooms.indexOf(from)) return "which is in a room above it";
  if (from === "stores" && to === "stores" && ofStore !== storeIncluded)
    return "which is another store's";
  return undefined;
}

function checkCpp(file: string, isCore: boolean): void {
  const text = readFileSync(file, "utf8");
  text.split("\n").forEach((line, index) => {
    const include = /^\s*#\s*include\s*([<"])([^>"]+)[>"]/.exec(line);
    if (include === null) return;
    const [, bracket, name = ""] = include;
    if (bracket === '"' && !/^(?:wasm|bindings|tests)\//.test(name)) {
      report(
        file,
        index + 1,
        `"${name}": name our own headers from the repository's root, and a package's in <>`,
      );
    }
    if (/^(?:worker|tests)\//.test(name))
      report(file, index + 1, `includes ${name}, which is above it`);
    if (!isCore) return;
    if (name.startsWith("bindings/"))
      report(file, index + 1, `includes ${name}, which is above it`);
    const notIncluded = name.startsWith("wasm/") ? whyNotIncluded(file, name) : undefined;
    if (notIncluded !== undefined) report(file, index + 1, `includes ${name}, ${notIncluded}`);
    if (name.startsWith("emscripten"))
      report(file, index + 1, `includes ${name}: the core knows no Emscripten`);
    const why = forbiddenHeaders.get(name);
    if (why !== undefined)
      report(file, index + 1, `includes <${name}>: the core has no use for ${why}`);
  });
  if (!isCore) return;
  const code = codeOnly(text);
  for (const [pattern, what] of forbiddenNames) {
    for (const match of code.matchAll(new RegExp(pattern, "g"))) {
      const line = code.slice(0, match.index).split("\n").length;
      report(file, line, `${match[0].split(/\s/, 1)[0]}: the core ${what}`);
    }
  }
}

function checkTypeScript(file: string, layer: "bindings" | "worker"): void {
  const text = readFileSync(file, "utf8");
  for (const match of text.matchAll(/(?:\bfrom|\bimport)\s*\(?\s*"([^"]+)"/g)) {
    const target = match[1] ?? "";
    const line = text.slice(0, match.index).split("\n").length;
    if (!target.startsWith(".")) {
      if (layer === "bindings" && target === "hono")
        report(file, line, "bindings/ does not know Hono");
      continue;
    }
    const path = normalize(join(dirname(file), target));
    const above =
      layer === "bindings" ? /^(?:worker|tests|bench|scripts)\// : /^(?:tests|bench|scripts)\//;
    if (above.test(path)) report(file, line, `imports ${path}, which is above it`);
    if (layer === "worker" && path.startsWith("wasm/"))
      report(file, line, `imports ${path}: only bindings/ knows wasm/`);
    if (!/\.(?:ts|wasm|json)$/.test(target))
      report(file, line, `"${target}": name the file with its ending`);
  }
}

const counted = { core: 0, boundary: 0, bindings: 0, worker: 0 };
for (const file of globSync("wasm/**/*.{cc,h}")) {
  checkCpp(file, true);
  counted.core++;
}
for (const file of globSync("bindings/**/*.{cc,h}")) {
  checkCpp(file, false);
  counted.boundary++;
}
for (const file of globSync("bindings/**/*.ts")) {
  checkTypeScript(file, "bindings");
  counted.bindings++;
}
for (const file of globSync("worker/**/*.ts")) {
  checkTypeScript(file, "worker");
  counted.worker++;
}

// Bugs are planted in the simulator's own copies alone. That the sources are without them shows in its build, which finds
// what it changes in each.
for (const file of [
  ...globSync("{wasm,bindings,worker}/**/*.{cc,h,ts}"),
  "CMakeLists.txt",
  "cmake/wasm.cmake",
  "scripts/package.ts",
]) {
  readFileSync(file, "utf8")
    .split("\n")
    .forEach((line, index) => {
      if (/\bplant(?:s|ed)?\b|tests\/simulation|simulation\.cmake/i.test(line))
        report(file, index + 1, "names the simulator, or a bug that is planted in it");
    });
}

for (const problem of problems) console.error(problem);
console.log(
  `layers: ${counted.core} files of the core, ${counted.boundary} of the boundary in C++, ` +
    `${counted.bindings} of bindings, ${counted.worker} of the worker; ${problems.length} problems`,
);
process.exitCode = problems.length === 0 ? 0 : 1;
