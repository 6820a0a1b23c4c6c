/** One batch of memories that wait for their vectors: read, embedded, kept. */
import { decodeBody } from '../../domain/body-codec.ts';
import type { IndexLog } from '../../index/index-settings.ts';
import type { PendingRow, RecordsPort } from '../../ports/records.ts';
import { embedRows, type LoadedRow, type RowLane } from './embed-rows.ts';

/** Rows of one batch, and of one namespace in it: nobody waits behind a large import. */
const batchRows = 64;
const namespaceRows = 16;

/** The work on one generation. */
export interface Lane extends RowLane {
  /** The namespace that the last batch ended with: the next one begins behind it. */
  after: number;
}

export interface BatchOutcome {
  /** Rows that were found waiting. */
  readonly found: number;
  readonly saved: number;
  /** Namespaces of which nothing older waits. */
  readonly drained: readonly number[];
}

/** Rejects when the embedder or the store does not answer: nothing is lost, it is tried again. */
export async function embedPending(
  records: RecordsPort,
  lane: Lane,
  log: IndexLog,
  stop: AbortSignal,
): Promise<BatchOutcome> {
  const { generation } = lane;
  const { rows, drained } = await nextRows(records, lane);
  const loaded = await load(records, rows);
  const made = await embedRows(lane, loaded, log, stop);
  const saved = made.length > 0 ? await records.vectors.save(generation.no, made) : 0;
  lane.after = rows.at(-1)?.namespaceNo ?? 0;
  return { found: rows.length, saved, drained };
}

/** From several namespaces, or many of the only one that has any. */
async function nextRows(records: RecordsPort, { generation, after }: Lane) {
  const ask = async (perNamespace: number) => {
    const query = { generation: generation.no, afterNamespace: after, limit: batchRows };
    const rows = await records.vectors.pending({ ...query, perNamespace });
    const counts = new Map<number, number>();
    for (const { namespaceNo: no } of rows) counts.set(no, (counts.get(no) ?? 0) + 1);
    const isCut = rows.length === batchRows;
    const last = rows.at(-1)?.namespaceNo;
    const drained = [...counts]
      .filter(([no, count]) => count < perNamespace && !(isCut && no === last))
      .map(([no]) => no);
    return { rows, drained, namespaces: counts.size };
  };
  const few = await ask(namespaceRows);
  return few.namespaces === 1 && few.drained.length === 0 ? ask(batchRows) : few;
}

/** Rows that were erased meanwhile are left out. */
async function load(records: RecordsPort, rows: readonly PendingRow[]): Promise<LoadedRow[]> {
  const byNamespace = new Map<number, PendingRow[]>();
  for (const row of rows) {
    byNamespace.set(row.namespaceNo, [...(byNamespace.get(row.namespaceNo) ?? []), row]);
  }
  const loaded: LoadedRow[] = [];
  for (const [namespaceNo, [first, ...others]] of byNamespace) {
    if (!first) continue;
    const ordinals = [first, ...others].map(({ ordinal }) => ordinal);
    const found = await records.open(first.tenant).byOrdinal(namespaceNo, ordinals);
    for (const { ordinal, version, body } of found) {
      const place = { tenant: first.tenant, namespaceNo, ordinal };
      loaded.push({ ...place, version, body: decodeBody(body) });
    }
  }
  return loaded;
}
