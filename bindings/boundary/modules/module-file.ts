// The compiled modules in Node. Each has a file MODULE.wasm.ts that gives its bytes: here from disk, and in
// the published package from the text of the file itself (scripts/package.ts), so that what a bundler makes
// of it for Node is whole.
import { readFileSync } from "node:fs";
import { join } from "node:path";

// The Worker's types know no compiling at run time.
const { Module } = WebAssembly as unknown as {
  Module: new (bytes: Uint8Array) => WebAssembly.Module;
};

export function bytesBeside(file: string): Uint8Array {
  return readFileSync(join(import.meta.dirname, file));
}

export function moduleOf(bytes: Uint8Array): WebAssembly.Module {
  return new Module(bytes);
}
