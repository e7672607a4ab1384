// The host of a directory passes, on a real disk and between processes, the suite that the fake one of the native
// tests passes.
import { expect, test } from "vitest";
import suite from "../../conformance/host-file.json" with { type: "json" };
import { withDirectory } from "./directory.ts";
import { FileSteps, type Step } from "./host-steps.ts";

test.for(suite.cases as unknown as { name: string; steps: Step[] }[])("$name", ({ steps }) =>
  withDirectory(async (directory) => {
    const run = new FileSteps(directory);
    for (const step of steps) {
      await run
        .step(step)
        .catch((error) => expect.fail(`${JSON.stringify(step)}: ${error.message}`));
    }
    await run.close();
  }),
);
