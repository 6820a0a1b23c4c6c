/** The vectors of some memories; a text that the embedder refuses holds up no other. */
import { MemoryError } from '../../domain/errors.ts';
import type { MemoryBody } from '../../domain/memory.ts';
import type { IndexLog } from '../../index/index-settings.ts';
import type { Embedder } from '../../ports/embedder.ts';
import type { PendingRow, VectorUpdate } from '../../ports/records.ts';
import { bodyVectors, noVectors } from './body-vectors.ts';
import { askEmbedder } from './embedder-guard.ts';
import type { Generation } from './generations.ts';

/** A batch may take this long: remote embedders are slow with many texts. */
const batchTimeoutMs = 60_000;
/** Texts that fail one after the other before the embedder itself is asked whether it is there. */
const failuresMax = 3;
/** A text that the embedder refuses so often, while it takes others, gets no vector. */
const refusalsMax = 3;
/** Rows whose refusals are remembered. */
const refusedMax = 1_000;
/** Answers with which a service refuses a text: what it says, how long it is, or how it is put. */
const textStatuses: readonly unknown[] = [400, 413, 422];
/** Every embedder takes it: who refuses this one refuses us, not a text. */
const plainText = 'The cat sleeps.';

/** What is kept of a generation from batch to batch. */
export interface RowLane {
  readonly generation: Generation;
  readonly embedder: Embedder;
  /** Where the last batch was taken apart. */
  turn: number;
  /** Refusals by row. */
  readonly refused: Map<string, number>;
}

export interface LoadedRow extends PendingRow {
  readonly version: number;
  readonly body: MemoryBody;
}

/**
 * All in one call; where that fails, one by one, to find a text that alone is to blame. A row that
 * was refused often enough gets empty vectors; one that may be taken later is left out.
 *
 * @throws what the embedder threw, where it takes nothing at all.
 */
export async function embedRows(
  lane: RowLane,
  rows: readonly LoadedRow[],
  log: IndexLog,
  stop: AbortSignal,
): Promise<VectorUpdate[]> {
  if (rows.length === 0) return [];
  try {
    return await embedTogether(lane, rows, stop);
  } catch (error) {
    if (stop.aborted || (rows.length === 1 && !isTextRefusal(error))) throw error;
  }
  const { made, failed } = await embedOneByOne(lane, rows, stop);
  for (const row of failed) {
    if (countRefusal(lane, row) < refusalsMax) continue;
    const { namespaceNo, ordinal, version } = row;
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

/** Rejects where nothing is made and it may not be for the texts. */
async function embedOneByOne(
  lane: RowLane,
  rows: readonly LoadedRow[],
  stop: AbortSignal,
): Promise<{ made: VectorUpdate[]; failed: LoadedRow[] }> {
  const made: VectorUpdate[] = [];
  const failed: LoadedRow[] = [];
  const asksAfter = Math.min(failuresMax, rows.length);
  let takesPlainText = false;
  // Each time from another place on, so that a few bad texts cannot hide the good ones.
  lane.turn = (lane.turn + failuresMax) % rows.length;
  for (const row of [...rows.slice(lane.turn), ...rows.slice(0, lane.turn)]) {
    try {
      made.push(...(await embedTogether(lane, [row], stop)));
    } catch (error) {
      if (stop.aborted) throw error;
      failed.push(row);
      if (made.length > 0 || failed.length < asksAfter) continue;
      if (!isTextRefusal(error)) throw error;
      takesPlainText ||= await takes(lane, plainText, stop);
      if (!takesPlainText) throw error;
    }
  }
  return { made, failed };
}

async function takes({ embedder }: RowLane, text: string, stop: AbortSignal): Promise<boolean> {
  try {
    await askEmbedder(embedder, [text], 'document', batchTimeoutMs, stop);
    return true;
  } catch {
    return false;
  }
}

function isTextRefusal(error: unknown): boolean {
  if (!MemoryError.isInstance(error) || error.code !== 'embedder_rejected') return false;
  return textStatuses.includes(error.details?.status);
}

async function embedTogether(
  { generation, embedder }: RowLane,
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

function countRefusal({ refused }: RowLane, { namespaceNo, ordinal }: LoadedRow): number {
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
