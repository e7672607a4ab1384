// Runs the core's SQL in a Durable Object's storage; the statements of one step are one transaction.

import type { HostReply } from "../../boundary/host-reply.ts";
import type { RequestView } from "../../boundary/host-request.ts";
import type { Cell } from "../../boundary/sql-cells.ts";

// REQUIRES: the columns have names of their own. `raw()` has not, but costs another object of the
// runtime and a call for each row.
function cellsOf(rows: readonly Record<string, Cell>[]): Cell[] {
  const cells: Cell[] = [];
  for (const row of rows) for (const cell of Object.values(row)) cells.push(cell);
  return cells;
}

const done: HostReply = { present: true };

/** At once, as a host performs. If one statement fails, none is carried out and all of them fail. */
export function runSql(
  storage: DurableObjectStorage,
  requests: readonly RequestView[],
): HostReply[] | null {
  const runOne = (request: RequestView): HostReply => {
    const rows = storage.sql.exec(request.key, ...request.parameters);
    return request.number === 0 ? done : { present: true, cells: cellsOf(rows.toArray()) };
  };
  try {
    if (requests.length === 1) {
      const reply = runOne(requests[0] as RequestView);
      return reply === done ? null : [reply];
    }
    return storage.transactionSync(() => requests.map(runOne));
  } catch (thrown) {
    return requests.map(() => ({ thrown }));
  }
}
