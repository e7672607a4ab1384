// A gateway's object that never answers its first operation, and each later one with its number.
import { DurableObject } from "cloudflare:workers";

export class MuteGateway extends DurableObject {
  async perform(): Promise<unknown> {
    const asked = ((await this.ctx.storage.get<number>("asked")) ?? 0) + 1;
    await this.ctx.storage.put("asked", asked);
    await this.ctx.storage.sync();
    if (asked === 1) await new Promise<never>(() => {});
    return { ok: true, value: new TextEncoder().encode(`answer ${asked}`) };
  }
}
