// Compiles the modules in Node. Each module has a file MODULE.wasm.ts that exports its bytes. Here that
// file reads them from disk. In the published package it holds them as text (scripts/package.ts), so that
// a bundle for Node contains them.
import { readFileSync } from "node:fs";
import { join } from "node:path";

// The types of a Worker lack this constructor, because a Worker cannot compile at run time.
const { Module } = WebAssembly as unknown as {
  Module: new (bytes: Uint8Array) => WebAssembly.Module;
};

export function bytesBeside(file: string): Uint8Array {
  return readFileSync(join(import.meta.dirname, file));
}

export function moduleOf(bytes: Uint8Array): WebAssembly.Module {
  return new Module(bytes);
}
