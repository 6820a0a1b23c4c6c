/** One batch of memories that wait for their vectors: read, embedded, kept. */
import { decodeBody } from '../../domain/body-codec.ts';
import type { MemoryBody } from '../../domain/memory.ts';
import type { IndexLog } from '../../index/index-settings.ts';
import type { Embedder } from '../../ports/embedder.ts';
import type { PendingRow, RecordsPort, VectorUpdate } from '../../ports/records.ts';
import { bodyVectors, noVectors } from './body-vectors.ts';
import { askEmbedder } from './embedder-guard.ts';
import type { Generation } from './generations.ts';

/** Rows of one batch, and of one namespace in it: nobody waits behind a large import. */
const batchRows = 64;
const namespaceRows = 16;
/** A batch may take this long: remote embedders are slow with many texts. */
const batchTimeoutMs = 60_000;
/** Texts that fail one after the other before the embedder itself is taken to be away. */
const failuresMax = 3;
/** A text that the embedder refuses so often, while it takes others, gets no vector. */
const refusalsMax = 3;
/** Rows whose refusals are remembered. */
const refusedMax = 1_000;

/** The work on one generation. */
export interface Lane {
  readonly generation: Generation;
  readonly embedder: Embedder;
  /** The namespace that the last batch ended with: the next one begins behind it. */
  after: number;
  /** Where the last batch was taken apart. */
  turn: number;
  /** Refusals by row. */
  readonly refused: Map<string, number>;
}

export interface BatchOutcome {
  /** Rows that were found waiting. */
  readonly found: number;
  readonly saved: number;
  /** Namespaces of which nothing older waits. */
  readonly drained: readonly number[];
}

interface LoadedRow extends PendingRow {
  readonly version: number;
  readonly body: MemoryBody;
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

/** All in one call; where that fails, one by one, to find a text that alone is to blame. */
async function embedRows(
  lane: Lane,
  rows: readonly LoadedRow[],
  log: IndexLog,
  stop: AbortSignal,
): Promise<VectorUpdate[]> {
  if (rows.length === 0) return [];
  try {
    return await embedTogether(lane, rows, stop);
  } catch (error) {
    if (stop.aborted || rows.length === 1) throw error;
  }
  const made: VectorUpdate[] = [];
  const failed: LoadedRow[] = [];
  // Each time from another place on, so that a few bad texts cannot hide the good ones.
  lane.turn = (lane.turn + failuresMax) % rows.length;
  for (const row of [...rows.slice(lane.turn), ...rows.slice(0, lane.turn)]) {
    try {
      made.push(...(await embedTogether(lane, [row], stop)));
    } catch (error) {
      failed.push(row);
      // Nobody answers: it is not the text.
      if (stop.aborted || (made.length === 0 && failed.length >= failuresMax)) throw error;
    }
  }
  if (made.length === 0) throw new Error('The embedder refuses every text.');
  const refused = failed.filter((row) => countRefusal(lane, row) >= refusalsMax);
  for (const { namespaceNo, ordinal, version } of refused) {
    const { model } = lane.generation;
    log('warn', 'The embedder refuses a memory; it has no vector.', {
      model,
      namespaceNo,
      ordinal,
    });
    made.push({ namespaceNo, ordinal, version, vectors: noVectors });
  }
  return made;
}

async function embedTogether(
  { generation, embedder }: Lane,
  rows: readonly LoadedRow[],
  stop: AbortSignal,
): Promise<VectorUpdate[]> {
  const bodies = rows.map(({ body }) => body);
  const vectors = await bodyVectors(bodies, generation.dimension, (texts) =>
    askEmbedder(embedder, texts, 'document', batchTimeoutMs, stop),
  );
  return rows.flatMap(({ namespaceNo, ordinal, version }, i) => {
    const made = vectors?.[i];
    return made ? [{ namespaceNo, ordinal, version, vectors: made }] : [];
  });
}

function countRefusal({ refused }: Lane, { namespaceNo, ordinal }: LoadedRow): number {
  const name = `${namespaceNo}/${ordinal}`;
  const count = (refused.get(name) ?? 0) + 1;
  refused.delete(name);
  if (count < refusalsMax) refused.set(name, count);
  for (const oldest of refused.keys()) {
    if (refused.size <= refusedMax) break;
    refused.delete(oldest);
  }
  return count;
}
