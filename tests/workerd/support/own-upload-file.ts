// The class that a user of Uploadista's store over Durable Objects had to write, because its package has
// none: as short as it can be.
import { DurableObject } from "cloudflare:workers";

export class OwnUploadFile extends DurableObject {
  getUploadFile(): Promise<unknown> {
    return this.ctx.storage.get("file");
  }

  async setUploadFile(value: unknown): Promise<void> {
    await this.ctx.storage.put("file", value);
  }

  async deleteUploadFile(): Promise<void> {
    await this.ctx.storage.delete("file");
  }

  async emit(): Promise<void> {}
}
