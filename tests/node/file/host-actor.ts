// One process of the host suite, started with the path of its directory: it carries out what it reads,
// a line each, and prints how it went.
import { createInterface } from "node:readline";
import { type Order, ProcessHere } from "./host-process.ts";

const process_ = new ProcessHere(process.argv[2] as string);
for await (const line of createInterface({ input: process.stdin })) {
  const order: Order = JSON.parse(line);
  if (order.ends !== undefined) process_.end(order.ends);
  else if (order.operation !== undefined) void carryOut(order);
}

async function carryOut({ id, operation = "", asked = [] }: Order): Promise<void> {
  console.log(JSON.stringify({ id, told: await process_.perform(operation, asked) }));
}
