/** Many at once, but not all: parts of a number and a size that one request takes. */

/** Requests of one call that are under way at one time. */
const togetherMax = 16;

export function chunksOf<T>(all: readonly T[], size: number): T[][] {
  return chunksBySize(
    all.map((one) => ({ one, bytes: 0 })),
    size,
    1,
  ).map((chunk) => chunk.map(({ one }) => one));
}

/** Chunks of so many and of so many bytes; one that is larger by itself is alone. */
export function chunksBySize<T extends { readonly bytes: number }>(
  all: readonly T[],
  countMax: number,
  bytesMax: number,
): T[][] {
  const chunks: T[][] = [];
  let current: T[] = [];
  let bytes = 0;
  for (const one of all) {
    bytes += one.bytes;
    if (current.length > 0 && (current.length === countMax || bytes > bytesMax)) {
      chunks.push(current);
      current = [];
      bytes = one.bytes;
    }
    current.push(one);
  }
  return current.length > 0 ? [...chunks, current] : chunks;
}

/** In the order in which each name came first. */
export function groupsOf<Name, T>(all: readonly T[], nameOf: (one: T) => Name): Map<Name, T[]> {
  const groups = new Map<Name, T[]>();
  for (const one of all) {
    const group = groups.get(nameOf(one));
    if (group) group.push(one);
    else groups.set(nameOf(one), [one]);
  }
  return groups;
}

/** A bounded number of them at a time. */
export async function inTurns<T>(
  all: readonly T[],
  work: (one: T) => Promise<unknown>,
): Promise<void> {
  const rest = [...all].reverse();
  const worker = async (): Promise<void> => {
    for (let one = rest.pop(); one !== undefined; one = rest.pop()) await work(one);
  };
  await Promise.all(Array.from({ length: Math.min(togetherMax, all.length) }, worker));
}
