// Texts that stay on their side of the boundary: what a host has as text and the core need not see, and
// what the operation's caller passed and a host is asked for again.
import { describe, expect, test } from "vitest";
import type { HostReply } from "../../../bindings/boundary/host-reply.ts";
import type { RequestView } from "../../../bindings/boundary/host-request.ts";
import { Core } from "../../../bindings/boundary/instance.ts";
import { packCells, packedBytes, parametersAt } from "../../../bindings/boundary/sql-cells.ts";
import { CoreStore } from "../../../bindings/operation/core-store.ts";
import type { Host } from "../../../bindings/operation/host.ts";
import { OpenStore } from "../../../bindings/operation/open-store.ts";

const present = "\x02";
const value = "a naïve text of 8 € and 𝄞, \u0000 and \uFEFF in it";

/** A store of which each object answers that, and the keys that were asked for. */
function storeAnswering(reply: HostReply): { store: CoreStore; asked: string[] } {
  const asked: string[] = [];
  const host: Host = {
    takesViews: true,
    perform: async ([request]: readonly RequestView[]) => {
      asked.push(request?.key ?? "");
      return [reply];
    },
  };
  const opened = new OpenStore(new Core(), { kind: "durable-object" });
  return { store: new CoreStore(opened, host, "ünder:"), asked };
}

describe("a value that a host has as text", () => {
  const { store, asked } = storeAnswering({ present: true, meta: present, value });

  test("is the text of a get, and the bytes of a getBytes", async () => {
    expect(await store.get("k")).toBe(value);
    expect(await store.getBytes("k")).toEqual(new TextEncoder().encode(value));
  });

  test("is the value of an entry, beside the version that the object tells", async () => {
    const version = "0123456789abcdef0123456789abcdef";
    const told = storeAnswering({ present: true, meta: `\x12\x20\0\0\0${version}`, value });
    expect(await told.store.entry("k")).toEqual({ value, version, expiresAt: null });
  });

  test("is each its own in gets at once and in a batch", async () => {
    expect(await Promise.all([store.get("a"), store.get("b")])).toEqual([value, value]);
    expect(await store.getMany(["c"])).toEqual([value]);
    expect(asked.slice(-3)).toEqual(["ünder:a", "ünder:b", "ünder:c"]);
  });

  test("may be empty", async () => {
    const empty = storeAnswering({ present: true, meta: present, value: "" });
    expect(await empty.store.get("k")).toBe("");
  });

  test("is not there for a key that is absent", async () => {
    const absent = storeAnswering({ present: true, meta: "\x00", value: undefined });
    expect(await absent.store.get("k")).toBeNull();
  });
});

describe("cells of SQL", () => {
  const memory = new Uint8Array(1000);
  const view = new DataView(memory.buffer);
  const bytesOf = (text: string) => new TextEncoder().encode(text);
  const request = { valueView: bytesOf("a blob"), valueText: "a text" };

  test("are written as sql.h says, a text as bytes or as one that is kept", () => {
    const cells = [null, 7, "€", Uint8Array.of(0x62).buffer];
    const end = packCells(memory, view, 0, cells, false);
    expect(Buffer.from(memory.subarray(0, end)).toString("hex")).toBe(
      `00${"01"}0000000000001c40${"03"}03000000e282ac${"02"}0100000062`,
    );
    expect(end).toBeLessThanOrEqual(packedBytes(cells));
    expect(packCells(memory, view, 0, ["€"], true)).toBe(1);
    expect(memory[0]).toBe(7);
  });

  test("are read as sql.h says, the request's own from what its caller passed", () => {
    const parameters = [0x04, 0x05, 0x03, 1, 0, 0, 0, 0x6b, 0x06, 1, 0, 0, 0, 0x6b];
    memory.set(parameters);
    const read = (ownKey?: string) =>
      parametersAt(memory, view, 0, parameters.length, request, ownKey);
    expect(read("own")).toEqual([bytesOf("a blob"), "a text", "k", "own"]);
    expect(read()).toEqual([bytesOf("a blob"), "a text", "k", "k"]);
  });
});
