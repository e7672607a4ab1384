// Type-checking a program in a project as strictly as anybody might.
import type { Project } from "./project.ts";

/** How a project's imports are resolved: by Node, or by a bundler. */
export const resolutions = ["nodenext", "bundler"] as const;

export type Checked = {
  readonly file: string;
  readonly resolution: (typeof resolutions)[number];
  /** The packages whose types are global. */
  readonly types: readonly string[];
  /** Libraries of the platform that the compiler has; its own choice if left out. */
  readonly lib?: readonly string[];
  /** Where the program's JavaScript goes; by default nowhere. */
  readonly outDir?: string;
};

/** Rejects with what `tsc` complains of, in the program or in the declarations of a package. */
export async function checkTypes(
  project: Project,
  { file, resolution, types, lib, outDir }: Checked,
): Promise<void> {
  const compilerOptions = {
    target: "es2022",
    module: resolution === "nodenext" ? "nodenext" : "esnext",
    moduleResolution: resolution,
    strict: true,
    exactOptionalPropertyTypes: true,
    skipLibCheck: false,
    types,
    ...(lib === undefined ? {} : { lib }),
    ...(outDir === undefined ? { noEmit: true } : { outDir }),
  };
  const config = `tsconfig.${file}.${resolution}.json`;
  await project.write(config, JSON.stringify({ compilerOptions, files: [file] }));
  await project.run("tsc", "--project", config);
}
