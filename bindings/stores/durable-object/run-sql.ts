// Runs the core's SQL in the storage of a Durable Object. The statements of one step are one transaction.

import type { HostReply } from "../../boundary/host-reply.ts";
import type { RequestView } from "../../boundary/host-request.ts";
import type { Cell } from "../../boundary/sql-cells.ts";

// REQUIRES: the names of the columns differ. `raw()` would not need that, but it costs one more
// object of the runtime and a call for each row.
function cellsOf(rows: readonly Record<string, Cell>[]): Cell[] {
  const cells: Cell[] = [];
  for (const row of rows) for (const cell of Object.values(row)) cells.push(cell);
  return cells;
}

const done: HostReply = { present: true };

/**
 * Performs the requests as a host does, at once. If one statement fails, none is carried out and
 * all fail.
 */
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
