// A Worker that has a service binding to `KvService`, and calls it as it is asked to.
import type { KvServiceBinding } from "../../../../bindings/rpc/service-protocol.ts";
import { decodeArgs, encodeArgs } from "../service-json.ts";

type Plain = { readonly [method: string]: (...args: unknown[]) => Promise<unknown> };
type Service = KvServiceBinding & {
  store(name: string, options: { namespace: string }): Promise<Plain>;
};

export default {
  async fetch(request: Request, { KVISTA }: { KVISTA: Service }): Promise<Response> {
    const args = decodeArgs(await request.text()) as Parameters<KvServiceBinding["perform"]>;
    if (new URL(request.url).pathname === "/perform") {
      return new Response(encodeArgs(await KVISTA.perform(...args)));
    }
    // As a Worker has it that knows nothing of kvista's package.
    const [name, namespace, method, rest] = args;
    const store = await KVISTA.store(name, { namespace });
    const told = await store[method]?.(...rest).catch(({ code }) => ({ code }));
    return new Response(encodeArgs(told ?? null));
  },
};
