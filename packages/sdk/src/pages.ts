/** Goes over pages as their items are asked for. */
export async function* pages<T>(
  first: string | undefined,
  read: (cursor: string | undefined) => Promise<{ results: T[]; nextCursor: string | null }>,
): AsyncGenerator<T, void, undefined> {
  let cursor = first;
  do {
    const page = await read(cursor);
    yield* page.results;
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
}
