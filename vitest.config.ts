// Four projects: `node` runs on Node, `workerd` inside the Workers runtime with Miniflare's simulated bindings, `dev` on
// Node against a server that `npm run dev` has started, `package` on Node with the package as it is published.
import { cloudflareTest } from "@cloudflare/vitest-plugin";
import { defineConfig } from "vitest/config";
import { uploadistaFile } from "./bench/uploadista.ts";
import { patienceMs, testMs } from "./tests/patience.ts";
import { filesOf, projects, type Tier } from "./tests/tiers.ts";

// No test fails because the machine is slow: what takes longer hangs.
const limits = {
  testTimeout: testMs,
  hookTimeout: testMs,
  teardownTimeout: patienceMs,
  expect: { poll: { timeout: patienceMs } },
};

// What scripts/test runs; everything, if vitest was started by itself.
const tier = (process.env.KVISTA_TIER ?? "all") as Tier;

export default defineConfig({
  test: {
    provide: { tier },
    // Tests that run side by side are those that wait, for a clock or for a store's limits.
    maxConcurrency: 25,
    // Most of them wait: for expiries, for servers that start, for faults that are seen to. By default two cores run one
    // file at a time.
    maxWorkers: 3,
    projects: [
      {
        test: {
          ...limits,
          name: "node",
          environment: "node",
          ...filesOf(tier, projects.node),
        },
      },
      {
        test: {
          ...limits,
          name: "dev",
          environment: "node",
          include: projects.dev,
        },
      },
      {
        test: {
          ...limits,
          name: "package",
          environment: "node",
          include: projects.package,
          globalSetup: "./tests/package/support/pack.ts",
        },
      },
      {
        plugins: [
          // Uploadista's packaged stores, which are not installed: see bench/uploadista.ts.
          { name: "uploadista", enforce: "pre", resolveId: uploadistaFile },
          cloudflareTest({
            // The Worker's own entry, and classes that only tests need.
            main: "./tests/workerd/support/main.ts",
            wrangler: { configPath: "./wrangler.toml" },
            miniflare: {
              durableObjects: {
                TENANTS: { className: "Tenant", useSQLite: true },
                LEGACY_TENANTS: { className: "LegacyTenant" },
                ABANDONERS: { className: "Abandoner", useSQLite: true },
                FRAGILE_OBJECTS: { className: "FragileObject", useSQLite: true },
                FRAGILE_CATALOG: { className: "FragileCatalog", useSQLite: true },
                MUTE_GATEWAYS: { className: "MuteGateway", useSQLite: true },
                UPLOAD_FILES: { className: "UploadFileObject", useSQLite: true },
                FLOW_JOBS: { className: "FlowJobObject", useSQLite: true },
                OWN_UPLOAD_FILES: { className: "OwnUploadFile", useSQLite: true },
              },
              bindings: {
                KVISTA_MEMORY: "on",
                KVISTA_TOKENS: JSON.stringify([
                  { token: "kvista-dev", namespace: "", access: "write" },
                  { token: "writer-a", namespace: "tenant-a/", access: "write" },
                  { token: "reader-a", namespace: "tenant-a/", access: "read" },
                  { token: "writer-b", namespace: "tenant-b/", access: "write" },
                ]),
              },
            },
          }),
        ],
        test: { ...limits, name: "workerd", ...filesOf(tier, projects.workerd) },
      },
    ],
  },
});
