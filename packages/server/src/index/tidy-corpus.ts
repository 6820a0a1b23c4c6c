/** Gives back the room of dead passages: parts that hold too many of them are emptied. */

import type { Mutex } from '../util/mutex.ts';
import { createTurns } from '../util/turns.ts';
import { analyzeRows } from './analyze-rows.ts';
import type { Corpus } from './corpus.ts';
import type { NamespaceSource } from './index-settings.ts';
import type { Part } from './part.ts';

/** A full part with more dead passages than this share is emptied into the tail. */
const deadShareMax = 1 / 3;
/** Memories moved in one go, while searches wait. */
const memoriesPerMove = 32;

/** Changes nothing that a search can see. */
export async function tidyCorpus(
  corpus: Corpus,
  source: NamespaceSource,
  mutex: Mutex,
): Promise<void> {
  for (const part of [...corpus.parts]) {
    if (part === null || part.count === 0) continue;
    const crowded = part.full && part.dead > part.count * deadShareMax;
    if (crowded) await empty(corpus, part, source, mutex);
    if (part.dead === part.count) corpus.removePart(part);
  }
}

async function empty(
  corpus: Corpus,
  part: Part,
  source: NamespaceSource,
  mutex: Mutex,
): Promise<void> {
  const ordinals = new Set<number>();
  for (let local = 0; local < part.count; local += 1) {
    if (!part.isDead(local)) ordinals.add(part.columns.ordinals[local] ?? 0);
  }
  const left = [...ordinals];
  while (left.length > 0) {
    const batch = left.splice(0, memoriesPerMove).sort((a, b) => a - b);
    await mutex.run(async () => {
      const rows = await source.records.analyses(batch);
      const turns = createTurns(source.tenant);
      const analyzed = await analyzeRows(rows, corpus.settings, source, turns);
      if (corpus.disposed) return;
      for (const row of analyzed) corpus.put(row);
    });
  }
}
