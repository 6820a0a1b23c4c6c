/** Runs asynchronous work with a fixed number of callers, each waiting for its own answer. */

/** Calls `work(index)` for 0..count-1 from `callers` loops; results in order of index. */
export async function runPool<T>(
  count: number,
  callers: number,
  work: (index: number) => Promise<T>,
): Promise<T[]> {
  const results: T[] = new Array(count);
  let next = 0;
  const loop = async (): Promise<void> => {
    while (next < count) {
      const index = next;
      next += 1;
      results[index] = await work(index);
    }
  };
  await Promise.all(Array.from({ length: Math.min(callers, count) }, loop));
  return results;
}
