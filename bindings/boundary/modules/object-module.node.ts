// Node has no Durable Objects: its core refuses what runs inside one.
export { coreModule as objectModule } from "./core-module.node.ts";
