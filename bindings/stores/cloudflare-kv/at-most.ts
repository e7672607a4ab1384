// Performs tasks of one step at the same time, but no more than so many.

/** The results in the order of the tasks. A task must not reject. */
export async function atMost<Task, Result>(
  limit: number,
  tasks: readonly Task[],
  perform: (task: Task) => Promise<Result>,
): Promise<Result[]> {
  if (tasks.length <= limit) return Promise.all(tasks.map(perform));
  const results = new Array<Result>(tasks.length);
  let next = 0;
  const lane = async () => {
    while (next < tasks.length) {
      const i = next++;
      results[i] = await perform(tasks[i] as Task);
    }
  };
  await Promise.all(Array.from({ length: limit }, lane));
  return results;
}
