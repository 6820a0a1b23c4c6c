/** The entries of an attribute table by the node they stand at: a filter reads one field of all. */

export interface EntryOrder {
  /** Where the entries of each node start; one more than nodes. */
  readonly starts: Uint32Array;
  /** Places of the entries, ascending within a node. */
  readonly entries: Uint32Array;
  /** The set of each of them. */
  readonly sets: Uint16Array;
}

/** `setStarts` has one more than there are sets; `nodes` is the node of each entry. */
export function orderByNode(
  setStarts: readonly number[],
  nodes: Uint32Array,
  nodeCount: number,
): EntryOrder {
  const count = setStarts.at(-1) ?? 0;
  const starts = new Uint32Array(nodeCount + 1);
  for (let i = 0; i < count; i += 1) {
    const next = (nodes[i] ?? 0) + 1;
    starts[next] = (starts[next] ?? 0) + 1;
  }
  for (let node = 0; node < nodeCount; node += 1) {
    starts[node + 1] = (starts[node + 1] ?? 0) + (starts[node] ?? 0);
  }
  const free = starts.slice();
  const entries = new Uint32Array(count);
  const sets = new Uint16Array(count);
  for (let set = 0; set + 1 < setStarts.length; set += 1) {
    const end = setStarts[set + 1] ?? 0;
    for (let i = setStarts[set] ?? 0; i < end; i += 1) {
      const node = nodes[i] ?? 0;
      const place = free[node] ?? 0;
      free[node] = place + 1;
      entries[place] = i;
      sets[place] = set;
    }
  }
  return { starts, entries, sets };
}
