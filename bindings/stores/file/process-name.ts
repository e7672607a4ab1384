// The name of a process, which differs from those of all other processes, so that the files of a
// dead process can be recognized.
//
//   name    = pid "." start "." boot "." machine
//   pid     = 1*10DIGIT
//   start   = *DIGIT / "ended"    when it started, in the kernel's ticks since the boot
//   boot    = *(HEXDIG / "-")     the kernel's own id of this boot, the same in all its containers
//   machine = host "-" id "-" *DIGIT  where process ids mean the same: the host's name, a digest of the
//                                 machine's id, or nothing where there is none, and the process namespace
//
// Without /proc, start and boot are empty, and only its id identifies a process.
import { createHash } from "node:crypto";
import { readFileSync, readlinkSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { hostname } from "node:os";
import { errnoOf } from "./errno.ts";

/** Whether a process certainly lives, is certainly dead, or may be either. */
export type Fate = "alive" | "dead" | "unknown";

function text(read: () => string): string {
  try {
    return read().trim();
  } catch {
    return "";
  }
}

const boot = text(() => readFileSync("/proc/sys/kernel/random/boot_id", "utf8"));
const namespace = text(() => readlinkSync("/proc/self/ns/pid")).replace(/\D/g, "");
// The id itself is confidential (machine-id(5)), and error messages contain names: so the name has
// a digest of it.
const machineId = text(() => readFileSync("/etc/machine-id", "utf8"));
const id =
  machineId && createHash("sha256").update(`kvista ${machineId}`).digest("hex").slice(0, 12);
const host = `${hostname().replaceAll("/", "-")}-${id}-`;
const machine = host + namespace;

/** The name of this process. */
export const ownName = nameOf(
  process.pid,
  text(() => readFileSync("/proc/self/stat", "utf8")),
);

type Parts = { readonly pid: number; readonly boot: string; readonly machine: string };

function partsOf(name: string): Parts | null {
  const found = /^(\d{1,10})\.(?:\d*|ended)\.([0-9a-f-]*)\.(.*)$/s.exec(name);
  return found && { pid: Number(found[1]), boot: found[2] ?? "", machine: found[3] ?? "" };
}

function isOfThisHost({ machine }: Parts): boolean {
  return machine.replace(/\d*$/, "") === host;
}

/** Whether that process runs, or ran, on this kernel since the kernel's last start, in any namespace. */
export function isOfThisKernel(name: string): boolean {
  const parts = partsOf(name);
  if (parts === null || parts.boot !== boot) return false;
  // A Linux system that hides the id of its boot hides other processes too.
  return boot !== "" || (process.platform !== "linux" && isOfThisHost(parts));
}

/**
 * The fate of the process of that name. A process of this namespace is looked up by its id. A
 * process of this machine before its last start is dead, in any namespace. The fate of any other
 * process, and of other text, is unknown.
 */
export async function fateOfProcess(name: string): Promise<Fate> {
  const parts = partsOf(name);
  if (parts === null || !isOfThisHost(parts)) return "unknown";
  // Two machines without ids may have the same name.
  if (parts.boot !== boot) return id === "" ? "unknown" : "dead";
  if (parts.machine !== machine) return "unknown";
  const { pid } = parts;
  const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
  if (stat !== "") return nameOf(pid, stat) === name ? "alive" : "dead";
  try {
    process.kill(pid, 0);
    return "alive";
  } catch (thrown) {
    return errnoOf(thrown) === "ESRCH" ? "dead" : "alive";
  }
}

// The fields follow the program's name in parentheses. Counted from 1, the 3rd is the state, the
// 20th the number of threads, and the 22nd the start (proc_pid_stat(5)). A process that has ended,
// and for which nobody has waited, has ended completely when its last thread has.
function nameOf(pid: number, stat: string): string {
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const [state = "", threads = "", start = ""] = [fields[0], fields[17], fields[19]];
  const hasEnded = /[ZX]/.test(state) && Number(threads) <= 1;
  return `${pid}.${hasEnded ? "ended" : start}.${boot}.${machine}`;
}
