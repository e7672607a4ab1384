// A gateway's object that never answers its first operation, and each later one with its number.
import { DurableObject } from "cloudflare:workers";

/** How many operations have come to one of them. */
export const asks = { count: 0 };

export class MuteGateway extends DurableObject {
  async perform(): Promise<unknown> {
    const asked = ((await this.ctx.storage.get<number>("asked")) ?? 0) + 1;
    await this.ctx.storage.put("asked", asked);
    await this.ctx.storage.sync();
    asks.count += 1;
    if (asked === 1) await new Promise<never>(() => {});
    return { ok: true, value: new TextEncoder().encode(`answer ${asked}`) };
  }
}
