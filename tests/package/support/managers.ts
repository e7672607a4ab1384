// The package managers, each as its users call it. Where the registry is, npm's configuration tells;
// caches are those of the machine.
import { inject } from "vitest";
import type { Project } from "./project.ts";

type Install = (project: Project, specs: readonly string[]) => Promise<unknown>;

/** How each installs the packed package with others beside it, by the manager's name. */
export const managers: { readonly [name: string]: Install } = {
  npm: (project, specs) => project.install(...specs),
  pnpm: (project, specs) => project.run("pnpm", "add", inject("tarball"), ...specs),
  yarn: (project, specs) => yarn(project, specs, "node-modules"),
  "yarn with plug and play": (project, specs) => yarn(project, specs, "pnp"),
};

async function yarn(
  project: Project,
  specs: readonly string[],
  nodeLinker: "node-modules" | "pnp",
): Promise<void> {
  const registry = (await project.run("npm", "config", "get", "registry")).trim();
  const isPlain = registry.startsWith("http:");
  // An empty lock file makes the folder a project of its own.
  await project.write("yarn.lock", "");
  await project.write(
    ".yarnrc.yml",
    [
      `nodeLinker: ${nodeLinker}`,
      "enableTelemetry: false",
      "enableImmutableInstalls: false",
      `npmRegistryServer: "${registry}"`,
      ...(isPlain ? [`unsafeHttpWhitelist: ["${new URL(registry).hostname}"]`] : []),
    ].join("\n"),
  );
  await project.run("yarn", "add", `kvista@file:${inject("tarball")}`, ...specs);
}
