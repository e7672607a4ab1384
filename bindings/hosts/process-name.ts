// What tells one process from all others, so that what a dead one left can be known as that.
//
//   name    = pid "." start "." boot "." machine
//   pid     = 1*10DIGIT
//   start   = *DIGIT / "ended"    when it started, in the kernel's ticks since the boot
//   boot    = *HEXDIG             the machine's last start
//   machine = host "-" id "-" *DIGIT  where process ids mean the same: the host's name, a digest of the
//                                 machine's id, or nothing where there is none, and the process namespace
//
// Where there is no /proc, start and boot are empty: there a process is known by its id alone.
import { createHash } from "node:crypto";
import { readFileSync, readlinkSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { hostname } from "node:os";
import { errnoOf } from "./errno.ts";

function text(read: () => string): string {
  try {
    return read().trim();
  } catch {
    return "";
  }
}

const boot = text(() => readFileSync("/proc/sys/kernel/random/boot_id", "utf8")).slice(0, 8);
const namespace = text(() => readlinkSync("/proc/self/ns/pid")).replace(/\D/g, "");
// The id itself is confidential (machine-id(5)), and names are told.
const machineId = text(() => readFileSync("/etc/machine-id", "utf8"));
const id =
  machineId && createHash("sha256").update(`kvista ${machineId}`).digest("hex").slice(0, 12);
const host = `${hostname().replaceAll("/", "-")}-${id}-`;
const machine = host + namespace;

/** This process. */
export const ownName = nameOf(
  process.pid,
  text(() => readFileSync("/proc/self/stat", "utf8")),
);

/**
 * Whether the process of that name is certainly dead; not for another machine's, nor for any other text.
 * One of this machine before its last start is, in whatever namespace it was; one of this start in
 * another namespace, such as another container's, cannot be judged.
 */
export async function isDead(name: string): Promise<boolean> {
  const [, pid, , itsBoot, itsMachine] = /^(\d{1,10})\.(\d*)\.([0-9a-f]*)\.(.*)$/s.exec(name) ?? [];
  if (pid === undefined || itsMachine?.replace(/\d*$/, "") !== host) return false;
  // Two machines without ids may have equal names.
  if (itsBoot !== boot) return id !== "";
  if (itsMachine !== machine) return false;
  const number = Number(pid);
  const stat = await readFile(`/proc/${number}/stat`, "utf8").catch(() => "");
  if (stat !== "") return nameOf(number, stat) !== name;
  try {
    process.kill(number, 0);
    return false;
  } catch (thrown) {
    return errnoOf(thrown) === "ESRCH";
  }
}

// Behind the program's name in parentheses, counted from 1: the 3rd field is the state, the 20th the
// number of threads, the 22nd the start (proc_pid_stat(5)). A process that has ended but was not waited
// for is gone once its last thread has left the kernel.
function nameOf(pid: number, stat: string): string {
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const [state = "", threads = "", start = ""] = [fields[0], fields[17], fields[19]];
  const hasEnded = /[ZX]/.test(state) && Number(threads) <= 1;
  return `${pid}.${hasEnded ? "ended" : start}.${boot}.${machine}`;
}
