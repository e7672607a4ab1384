// The compiled modules as things of their own: what they ask for, what they give, how large they are and how fast they
// start.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { CoreExports } from "../../../bindings/boundary/instance.ts";

const maxGzipBytes = 80_000;

const exported: Record<keyof CoreExports, "function" | "memory"> = {
  memory: "memory",
  _initialize: "function",
  kv_start_engine: "function",
  kv_scratch: "function",
  kv_result: "function",
  kv_reserve: "function",
  kv_open: "function",
  kv_close: "function",
  kv_start: "function",
  kv_resume: "function",
  kv_resume_done: "function",
  kv_give_up: "function",
  kv_pack: "function",
  kv_version: "function",
  kv_frames: "function",
  kv_operations: "function",
  kv_bytes_in_flight: "function",
};
// Emscripten adds them to every standalone module; nothing here calls them.
const exportedByToolchain = {
  __indirect_function_table: "table",
  _emscripten_stack_restore: "function",
  emscripten_stack_get_current: "function",
};

type Compile = { Module: new (bytes: Uint8Array) => WebAssembly.Module };

describe.each(["core-worker.wasm", "core-object.wasm", "core-node.wasm", "core-directory.wasm"])(
  "%s",
  (name) => {
    const bytes = readFileSync(
      join(import.meta.dirname, "../../../bindings/boundary/modules", name),
    );
    // The Worker's types know no compiling at run time.
    const coreModule = new (WebAssembly as unknown as Compile).Module(bytes);

    test("the module imports what the shim provides, and nothing else", () => {
      expect(WebAssembly.Module.imports(coreModule)).toEqual([
        { module: "env", name: "emscripten_notify_memory_growth", kind: "function" },
      ]);
    });

    test("the module exports what the shim calls, and nothing else of ours", () => {
      const found = WebAssembly.Module.exports(coreModule).map(({ name, kind }) => [name, kind]);
      expect(Object.fromEntries(found)).toEqual({ ...exported, ...exportedByToolchain });
    });

    test("no constructor calls an import, and every export is there afterwards", () => {
      const emscripten_notify_memory_growth = () => {
        throw new Error("a constructor called an import");
      };
      const imports = { env: { emscripten_notify_memory_growth } };
      const { exports } = new WebAssembly.Instance(coreModule, imports);
      const core = exports as unknown as CoreExports;
      core._initialize();
      core.kv_start_engine(1024 * 1024);
      expect([core.kv_operations(), core.kv_frames(), core.kv_bytes_in_flight()]).toEqual([
        0, 0, 0,
      ]);
    });

    test("the module is at most 80 kB as gzip", () => {
      const gzipBytes = execFileSync("gzip", ["-9", "-c"], { input: bytes }).length;
      console.log(`${name}: ${bytes.length} bytes, ${gzipBytes} as gzip (limit ${maxGzipBytes})`);
      expect(gzipBytes).toBeLessThanOrEqual(maxGzipBytes);
    });

    test("the module is instantiated again and again, each instance with a memory of its own", () => {
      const millis: number[] = [];
      const memories = new Set<unknown>();
      for (let i = 0; i < 20; i++) {
        const started = performance.now();
        const { exports } = new WebAssembly.Instance(coreModule, {
          env: { emscripten_notify_memory_growth() {} },
        });
        const core = exports as unknown as CoreExports;
        core._initialize();
        core.kv_start_engine(1024 * 1024);
        millis.push(performance.now() - started);
        memories.add(core.memory);
      }
      const [first = 0] = millis;
      millis.sort((a, b) => a - b);
      const median = millis[10] ?? 0;
      console.log(
        `${name}: instantiate ${first.toFixed(2)} ms the first time, ${median.toFixed(2)} ms median`,
      );
      expect(memories.size).toBe(20);
    });
  },
);
