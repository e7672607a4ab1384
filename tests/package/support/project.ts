// An empty project outside the checkout, in which the packed package is installed: nothing else is
// found from there.
import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { inject } from "vitest";
import { plainEnvironment } from "../../dev/server-process.ts";

/** Where the tools are that a project uses and does not install. */
export const checkout = join(import.meta.dirname, "../../..");
const programs = join(import.meta.dirname, "../programs");

const manifest = JSON.parse(await readFile(join(checkout, "package.json"), "utf8"));

/** The package with that name, in the version that the checkout has. */
export function asInCheckout(name: string): string {
  return `${name}@${manifest.devDependencies[name]}`;
}

export class Project {
  readonly folder: string;

  /** One with these programs of tests/package/programs, and nothing installed. */
  static async make(...files: string[]): Promise<Project> {
    const project = new Project(await mkdtemp(join(tmpdir(), "kvista-project-")));
    await project.write(
      "package.json",
      // Its Node needs the script that installs it.
      `{ "name": "project", "private": true, "type": "module", "allowScripts": { "node": true } }`,
    );
    for (const file of files) await cp(join(programs, file), join(project.folder, file));
    return project;
  }

  private constructor(folder: string) {
    this.folder = folder;
  }

  /** A copy of one of the examples. */
  static async ofExample(name: string): Promise<Project> {
    const project = new Project(await mkdtemp(join(tmpdir(), "kvista-example-")));
    const installed = /\/(?:node_modules|\.wrangler|package-lock\.json)(?:$|\/)/;
    await cp(join(checkout, "examples", name), project.folder, {
      recursive: true,
      filter: (source) => !installed.test(source.slice(checkout.length)),
    });
    return project;
  }

  async write(name: string, text: string): Promise<string> {
    const file = join(this.folder, name);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
    return file;
  }

  read(name: string): Promise<string> {
    return readFile(join(this.folder, name), "utf8");
  }

  /** Installs the packed package and these beside it, with npm. */
  async install(...specs: string[]): Promise<void> {
    await this.run("npm", "install", "--no-audit", "--no-fund", inject("tarball"), ...specs);
  }

  /** What a command prints; rejects with it if the command fails. Tools of the checkout are found. */
  async run(command: string, ...args: string[]): Promise<string> {
    return this.runWith({}, command, ...args);
  }

  async runWith(env: NodeJS.ProcessEnv, command: string, ...args: string[]): Promise<string> {
    const tools = join(checkout, "node_modules/.bin");
    const options = {
      cwd: this.folder,
      env: {
        ...plainEnvironment(),
        PATH: `${tools}:${process.env.PATH}`,
        WRANGLER_SEND_METRICS: "false",
        ...env,
      },
      maxBuffer: 16 * 1024 * 1024,
    };
    try {
      return (await promisify(execFile)(command, args, options)).stdout;
    } catch (error) {
      const { stdout, stderr } = error as { readonly stdout?: string; readonly stderr?: string };
      const told = `${stdout ?? ""}${stderr ?? ""}`;
      throw new Error(`${command} ${args.join(" ")} failed:\n${told}`, { cause: error });
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }
}
