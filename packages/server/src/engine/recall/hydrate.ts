/** From ranked row numbers to results with their memories. */
import type { Memory } from '../../domain/memory.ts';
import { indexedText } from '../../domain/store-rules.ts';
import type { NamespaceInfo, TenantRecords } from '../../ports/records.ts';
import { splitPassages } from '../../text/passages.ts';
import { memoryOf } from '../rows.ts';
import type { Ranked } from './rank.ts';

export interface RecallResult extends Pick<Ranked, 'score' | 'signals' | 'matched'> {
  readonly memory: Memory;
  /** The best passage, as UTF-16 offsets into the memory's text. */
  readonly passage: { readonly start: number; readonly end: number };
  /** What the reranker said, on its own scale; absent when it did not read this. */
  readonly rerankScore?: number;
}

export async function hydrate(
  records: TenantRecords,
  info: NamespaceInfo,
  ranked: readonly Ranked[],
): Promise<RecallResult[]> {
  const rows = await records.byOrdinal(
    info.no,
    ranked.map((result) => result.ordinal),
  );
  const results: RecallResult[] = [];
  // Rows come in the order of the ranking. One that was erased after the search is left out.
  let next = 0;
  for (const { ordinal, score, signals, matched, passage } of ranked) {
    const row = rows[next];
    if (row?.ordinal !== ordinal) continue;
    next += 1;
    const memory = memoryOf(info.name, row);
    results.push({ memory, score, signals, matched, passage: passageOf(memory, passage) });
  }
  return results;
}

function passageOf(memory: Memory, passage: number): RecallResult['passage'] {
  const text = indexedText(memory.body);
  return splitPassages(text)[passage] ?? { start: 0, end: text.length };
}
