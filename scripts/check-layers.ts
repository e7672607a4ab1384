// Checks the layers of the checkout that it is started in: that imports lead downwards (scripts/layers/order.ts), between
// the rooms of both languages, that no files import each other in a circle, and that the core stays without I/O.
import { readFileSync } from "node:fs";
import { circlesIn } from "./layers/circles.ts";
import { wordsIn } from "./layers/core-words.ts";
import { type Source, sourcesOf } from "./layers/imports.ts";
import { above, roomOf } from "./layers/order.ts";

const problems: string[] = [];

function report(file: string, line: number, message: string): void {
  problems.push(`${file}:${line}: ${message}`);
}

function folderOf(file: string): string {
  return file.split("/", 1)[0] ?? "";
}

/** What is wrong with an import of a file of ours, if anything is: rooms, and the folders that hold them. */
function wrongDirection(file: string, target: string): string | null {
  const [from, to] = [folderOf(file), folderOf(target)];
  if (above.includes(to) && from !== to) return `which is above ${from}/`;
  if (from === "wasm" && to === "bindings") return "which is above wasm/";
  if (from === "worker" && to === "wasm") return "but only bindings/ knows wasm/";
  const [room, other] = [roomOf(file), roomOf(target)];
  if (from !== to || room === null || other === null || room.name === other.name) return null;
  if (other.height === room.height) return `but ${room.name} and ${other.name} are apart`;
  return other.height > room.height ? `but ${other.name} is above ${room.name}` : null;
}

function checkSource(source: Source): void {
  const { file, imports } = source;
  const isInRooms = file.startsWith("wasm/") || file.startsWith("bindings/");
  if (isInRooms && roomOf(file) === null)
    report(file, 1, "lies in no room of scripts/layers/order.ts");
  for (const one of imports) {
    const wrong = one.file === null ? null : wrongDirection(file, one.file);
    if (wrong !== null) report(file, one.line, `imports ${one.file}, ${wrong}`);
    if (file.endsWith(".ts")) {
      if (!one.isSystem && !/\.(?:ts|wasm|json)$/.test(one.written))
        report(file, one.line, `"${one.written}": name the file with its ending`);
      if (one.written.startsWith("#") && !file.startsWith("bindings/boundary/"))
        report(file, one.line, `imports ${one.written}, but only the boundary loads the core`);
      if (file.startsWith("bindings/") && one.written === "hono")
        report(file, one.line, "bindings/ does not know Hono");
    } else if (!one.isSystem && !/^(?:wasm|bindings|tests|bench)\//.test(one.written)) {
      report(
        file,
        one.line,
        `"${one.written}": name our own headers from the repository's root, and a package's in <>`,
      );
    }
  }
  if (file.startsWith("wasm/")) {
    for (const { line, message } of wordsIn(source)) report(file, line, message);
  }
}

// Bugs are planted in the simulator's own copies alone. That the sources are without them shows in its build, which finds
// what it changes in each.
function checkForPlants(file: string): void {
  readFileSync(file, "utf8")
    .split("\n")
    .forEach((line, index) => {
      if (/\bplant(?:s|ed)?\b|tests\/simulation|simulation\.cmake/i.test(line))
        report(file, index + 1, "names the simulator, or a bug that is planted in it");
    });
}

const core = sourcesOf("wasm/**/*.{cc,h}");
const boundary = sourcesOf("bindings/**/*.{cc,h}");
const bindings = sourcesOf("bindings/**/*.ts");
const worker = sourcesOf("worker/**/*.ts");
const product = [...core, ...boundary, ...bindings, ...worker];
const others = sourcesOf("{tests,bench,scripts}/**/*.{cc,h,ts}");
for (const source of product) checkSource(source);
for (const circle of circlesIn([...product, ...others])) {
  report(circle[0] ?? "", 1, `imports itself in a circle: ${[...circle, circle[0]].join(" → ")}`);
}
for (const { file } of product) checkForPlants(file);
for (const file of ["CMakeLists.txt", "cmake/wasm.cmake", "scripts/package.ts"])
  checkForPlants(file);

for (const problem of problems) console.error(problem);
console.log(
  `layers: ${core.length} files of the core, ${boundary.length} of the boundary in C++, ` +
    `${bindings.length} of bindings, ${worker.length} of the worker; ${problems.length} problems`,
);
process.exitCode = problems.length === 0 && core.length > 0 && bindings.length > 0 ? 0 : 1;
