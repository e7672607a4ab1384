// Uploadista's queue of jobs that failed for good, as far as it uses its store: a typed store, listed
// and then read key by key.
import { Effect } from "effect";
import { type BaseKvStore, TypedKvStore, type UploadistaError } from "./core.ts";

export type DeadLetter = {
  readonly id: string;
  readonly status: "pending" | "retrying" | "exhausted" | "resolved";
  readonly retryCount: number;
  readonly maxRetries: number;
  readonly nextRetryAt?: Date;
};

export function deadLetterQueue(base: BaseKvStore) {
  const store = new TypedKvStore<DeadLetter>(base, "uploadista:dlq:");
  const revived = ({ nextRetryAt, ...item }: DeadLetter): DeadLetter =>
    nextRetryAt === undefined ? item : { ...item, nextRetryAt: new Date(nextRetryAt) };
  const get = (id: string) => Effect.map(store.get(id), revived);
  const all = Effect.gen(function* () {
    const items: DeadLetter[] = [];
    for (const id of yield* store.list()) {
      const item = yield* Effect.catchAll(get(id), () => Effect.succeed(null));
      if (item !== null) items.push(item);
    }
    return items;
  });
  const update = (id: string, changed: (item: DeadLetter) => Partial<DeadLetter>) =>
    Effect.gen(function* () {
      const item = yield* get(id);
      yield* store.set(id, { ...item, ...changed(item) });
    });

  return {
    add: (item: DeadLetter) => store.set(item.id, item),
    get,
    getOption: (id: string): Effect.Effect<DeadLetter | null, UploadistaError> =>
      Effect.catchAll(get(id), (error) =>
        error.code === "FILE_NOT_FOUND" ? Effect.succeed(null) : Effect.fail(error),
      ),
    delete: store.delete,
    markRetrying: (id: string) => update(id, () => ({ status: "retrying" })),
    recordRetryFailure: (id: string) =>
      update(id, ({ retryCount, maxRetries }) => ({
        retryCount: retryCount + 1,
        status: retryCount + 1 >= maxRetries ? "exhausted" : "pending",
      })),
    getScheduledRetries: (now: Date) =>
      Effect.map(all, (items) =>
        items.filter(
          ({ status, nextRetryAt }) =>
            status === "pending" && nextRetryAt !== undefined && nextRetryAt <= now,
        ),
      ),
    getStats: () =>
      Effect.map(all, (items) => {
        const counts = { pending: 0, retrying: 0, exhausted: 0, resolved: 0 };
        for (const { status } of items) counts[status] += 1;
        return counts;
      }),
  };
}
