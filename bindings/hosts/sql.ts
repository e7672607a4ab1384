// Runs the core's SQL in a Durable Object's storage; the statements of one step are one transaction.
import type { Cell } from "../sql-cells.ts";
import type { HostReply, RequestView } from "../wire.ts";

function cellsOf(rows: Iterable<unknown[]>): Cell[] {
  const cells: Cell[] = [];
  for (const row of rows) for (const cell of row) cells.push(cell as Cell);
  return cells;
}

const done: HostReply = { present: true };

/** The replies, at once. If one statement fails, none is carried out and all of them fail. */
export function runSql(
  storage: DurableObjectStorage,
  requests: readonly RequestView[],
): HostReply[] {
  const runOne = (request: RequestView): HostReply => {
    const rows = storage.sql.exec(request.key, ...request.parameters);
    return request.number === 0 ? done : { present: true, cells: cellsOf(rows.raw()) };
  };
  try {
    if (requests.length === 1) return [runOne(requests[0] as RequestView)];
    return storage.transactionSync(() => requests.map(runOne));
  } catch (thrown) {
    return requests.map(() => ({ thrown }));
  }
}
