// Node has no Durable Objects: its core refuses to open the stores inside one.
export { coreModule as objectModule } from "./core-module.node.ts";
