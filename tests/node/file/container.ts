// Commands that run a process as a container does: with process ids and a host name of its own. They take
// root, as the tests' set-up does.
import { execFileSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Child } from "./child.ts";

function unshared(setUp: string, ...args: string[]): string[] {
  const namespaces = ["--pid", "--fork", "--kill-child", "--mount-proc", "--uts"];
  const script = `${setUp}; shift ${args.length}; exec "$@"`;
  return ["unshare", ...namespaces, "bash", "-ec", script, "bash", ...args];
}

/** Another container on this machine. */
export function inContainer(hostName: string): string[] {
  return unshared('echo "$1" > /proc/sys/kernel/hostname', hostName);
}

/** What looks like another machine, although it is this one: the kernel tells another boot. */
export function onOtherMachine(directory: string): string[] {
  const boot = join(directory, "..", "boot_id");
  writeFileSync(boot, `${randomUUID()}\n`);
  const setUp = `echo elsewhere > /proc/sys/kernel/hostname
    mount --bind "$1" /proc/sys/kernel/random/boot_id`;
  return unshared(setUp, boot);
}

/** The process inside, which outside has another id. */
export function signalInside(child: Child, signal: NodeJS.Signals): void {
  execFileSync("kill", [`-${signal.slice(3)}`, String(inside(child))]);
}

/** Its state as proc(5) has it: `T` once it is stopped. */
export function stateInside(child: Child): string {
  const status = readFileSync(`/proc/${inside(child)}/status`, "utf8");
  return /^State:\s+(\w)/m.exec(status)?.[1] ?? "";
}

function inside(child: Child): number {
  const { pid } = child.process;
  const [one] = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ");
  return Number(one);
}
