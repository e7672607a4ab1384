// The compiled modules in Node: read from disk beside this file.
import { readFileSync } from "node:fs";
import { join } from "node:path";

// The Worker's types know no compiling at run time.
const { Module } = WebAssembly as unknown as {
  Module: new (bytes: Uint8Array) => WebAssembly.Module;
};

export function moduleFrom(file: string): WebAssembly.Module {
  return new Module(readFileSync(join(import.meta.dirname, file)));
}
