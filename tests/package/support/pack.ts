// Packs the package once for all of these tests, as it would be published: with its `prepack`.
import { execFile } from "node:child_process";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { TestProject } from "vitest/node";
import { plainEnvironment } from "../../dev/server-process.ts";

declare module "vitest" {
  export interface ProvidedContext {
    /** The packed package, a file. */
    readonly tarball: string;
  }
}

const checkout = join(import.meta.dirname, "../../..");

export default async function pack(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), "kvista-pack-"));
  const options = { cwd: checkout, env: plainEnvironment() };
  await promisify(execFile)("npm", ["pack", "--pack-destination", folder], options);
  const [file = ""] = await readdir(folder);
  project.provide("tarball", join(folder, file));
  return () => rm(folder, { recursive: true, force: true });
}
