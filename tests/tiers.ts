// The tiers of the tests (scripts/test): `quick` runs every store with one client of each kind, `rest` what quick leaves
// out, each test once, and `all` both. A whole file is of the rest if it stands below; a file that has a part in both
// asks for its tier by `inject("tier")`.

export type Tier = "quick" | "rest" | "all";

declare module "vitest" {
  interface ProvidedContext {
    readonly tier: Tier;
  }
}

// Faults that take their time, servers and processes that are killed, and what runs once for each client.
const restOnly = [
  "tests/node/boundary/leak.test.ts",
  "tests/node/file/{containers,lease,processes}.test.ts",
  "tests/node/gateway/{faults,kinds,tls}.test.ts",
  "tests/node/harness/redis-server.test.ts",
  "tests/node/open/{create-redis-store,secured-redis-store}.test.ts",
  "tests/node/redis/{batches,changes,cluster-down,failures,host-cluster,refused,upstream-bugs}.test.ts",
  "tests/node/redis/{faults,lost-replies}*.test.ts",
  "tests/node/uploadista/{abandoned,packaged}.test.ts",
  "tests/workerd/durable-object/{aborts,concurrency,large-values,memory}.test.ts",
  "tests/workerd/http/large-values.test.ts",
  "tests/workerd/uploadista/{abandoned,kv}.test.ts",
];
const inBoth = [
  "tests/node/gateway/conformance.test.ts",
  "tests/node/records/records.test.ts",
  "tests/node/redis/conformance*.test.ts",
  "tests/workerd/{http,service}/conformance.test.ts",
];

/** The files of each project of vitest.config.ts. */
export const projects = {
  node: ["tests/node/**/*.test.ts", "tests/docs/*.test.ts"],
  workerd: ["tests/workerd/**/*.test.ts"],
  dev: ["tests/dev/**/*.test.ts", "tests/docs/dev/*.test.ts"],
  package: ["tests/package/**/*.test.ts", "tests/docs/package/*.test.ts"],
};

/** Of a project's files those of the tier. */
export function filesOf(
  tier: Tier,
  project: readonly string[],
): { include: string[]; exclude: string[] } {
  if (tier === "all") return { include: [...project], exclude: [] };
  if (tier === "quick") return { include: [...project], exclude: restOnly };
  const folder = project[0]?.split("/").slice(0, 2).join("/") ?? "";
  const ofProject = [...restOnly, ...inBoth].filter((pattern) => pattern.startsWith(`${folder}/`));
  return { include: ofProject, exclude: [] };
}

/** Of entries by name those of the tier, if `quick` takes these. */
export function partOf<T>(
  tier: Tier,
  entries: { readonly [name: string]: T },
  quick: readonly string[],
): { [name: string]: T } {
  if (tier === "all") return { ...entries };
  const unknown = quick.filter((name) => !(name in entries));
  if (unknown.length > 0) throw new Error(`no entry is called ${unknown.join(", ")}`);
  const names = Object.keys(entries).filter((name) => quick.includes(name) === (tier === "quick"));
  return Object.fromEntries(names.map((name) => [name, entries[name] as T]));
}
