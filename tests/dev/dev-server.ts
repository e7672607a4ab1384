// `npm run dev` as a user runs it, on a free port of this machine and with its data in a folder of the
// caller's.
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { onFreePort } from "../node/support/redis-server.ts";
import { ServerProcess } from "./server-process.ts";

/** Where `npm run dev` is called. */
export const checkout = resolve(import.meta.dirname, "../..");

export type DevServerOptions = {
  /** The folder that the simulated bindings are kept in. */
  readonly persistTo: string;
  /** The file with the secrets. By default that of the checkout, which a fresh clone gets from the example. */
  readonly envFile?: string;
};

export type DevServer = ServerProcess;

/** Resolves when the server answers; rejects with what it printed if it does not. */
export async function startDevServer(options: DevServerOptions): Promise<DevServer> {
  const { persistTo, envFile } = options;
  const secrets = envFile ?? committedEnvFile();
  const args = ["--persist-to", persistTo];
  if (secrets !== null) args.push("--env-file", secrets);
  return onFreePort((port) =>
    ServerProcess.start({
      command: ["npm", "run", "dev", "--", "--port", String(port), ...args],
      cwd: checkout,
      port,
      healthPath: "/healthz",
    }),
  );
}

// The committed secrets, if the checkout has others of its own: those are neither used nor touched.
function committedEnvFile(): string | null {
  const example = `${checkout}/.dev.vars.example`;
  try {
    const own = readFileSync(`${checkout}/.dev.vars`, "utf8");
    return own === readFileSync(example, "utf8") ? null : example;
  } catch {
    return null;
  }
}
