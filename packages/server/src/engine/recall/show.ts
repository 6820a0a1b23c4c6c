/** From an order of row numbers to the results that are shown, with their memories. */
import type { Memory, MemoryId } from '../../domain/memory.ts';
import { indexedText } from '../../domain/store-rules.ts';
import type { NamespaceInfo, TenantRecords } from '../../ports/records.ts';
import { splitPassages } from '../../text/passages.ts';
import { type Said, saidBy, saysTheSame } from '../../text/same-words.ts';
import { once } from '../../util/once.ts';
import { memoryOf } from '../rows.ts';
import { rowsAsOf } from '../time-filter.ts';
import { exchangesOf } from './exchanges.ts';
import type { Explanation } from './explain.ts';
import { passesFilter, type RecallFilter } from './filter.ts';
import type { Order, Ranked } from './rank.ts';

export interface RecallResult extends Pick<Ranked, 'score' | 'signals' | 'matched'> {
  readonly memory: Memory;
  /** The best passage, as UTF-16 offsets into the memory's text. */
  readonly passage: { readonly start: number; readonly end: number };
  /** Results of one answer with the same number stand next to each other in a thread. */
  readonly exchange: number | null;
  /** Memories that say the same and rank below; they are not shown on their own. */
  readonly duplicates: readonly MemoryId[];
  /** Memories that only repeat this one after it was handed out; they are no evidence. */
  readonly echoes: readonly MemoryId[];
  /** What the reranker said, on its own scale; absent when it did not read this. */
  readonly rerankScore?: number;
  /** How the score came about, as found; present when it was asked for. */
  readonly explanation?: Explanation;
}

export interface ShowOptions {
  readonly limit: number;
  /** Least score of a result, 0 to 1. */
  readonly threshold: number;
  /** Show memories that say the same once. */
  readonly collapse: boolean;
  /** With `asOf` the versions that were current then are shown, if they meet the rest of it. */
  readonly filter: RecallFilter;
  /** How the score of a place in the order came about, where that is asked for. */
  readonly explain?: (position: number, rank: number) => Explanation;
}

type Placed = Pick<Shown, 'ranked' | 'position'>;

/** A result under way: what else says the same is still added. */
interface Shown {
  readonly ranked: Ranked;
  /** Place in the ranking, from 0. */
  readonly position: number;
  readonly memory: Memory;
  readonly text: string;
  /** The words of the text, found when first compared and then kept. */
  readonly said: () => Said;
  readonly duplicates: MemoryId[];
  readonly echoes: MemoryId[];
}

/** Reads as many rows as are shown, and more only in place of those that say the same. */
export async function show(
  records: TenantRecords,
  info: NamespaceInfo,
  order: Order,
  { limit, threshold, collapse, filter, explain }: ShowOptions,
): Promise<RecallResult[]> {
  const shown: Shown[] = [];
  let next = 0;
  while (shown.length < limit) {
    const batch: Placed[] = [];
    while (batch.length < limit - shown.length && next < order.count) {
      if (order.score(next) < threshold) break;
      batch.push({ ranked: order.at(next), position: next });
      next += 1;
    }
    if (batch.length === 0) break;
    for (const found of await read(records, info, batch, filter)) {
      const known = shown.find(({ memory }) => memory.id === found.memory.id);
      if (known !== undefined) continue;
      const source = await sourceOf(records, info, order, { shown, found, threshold, filter });
      if (source !== undefined && !shown.includes(source)) shown.push(source);
      if (collapse && source !== undefined) {
        source.echoes.push(found.memory.id);
        continue;
      }
      const twin = collapse ? shown.find((earlier) => isTwin(earlier, found)) : undefined;
      if (twin === undefined) shown.push(found);
      else twin.duplicates.push(found.memory.id);
    }
  }
  const exchanges = exchangesOf(shown.map(({ ranked }) => ranked));
  return shown.slice(0, limit).map(({ ranked, position, memory, text, duplicates, echoes }, i) => ({
    memory,
    score: ranked.score,
    signals: ranked.signals,
    matched: ranked.matched,
    passage: splitPassages(text)[ranked.passage] ?? { start: 0, end: text.length },
    exchange: exchanges[i] ?? null,
    duplicates,
    echoes,
    ...(explain && { explanation: explain(position, i + 1) }),
  }));
}

interface EchoPlace extends Pick<ShowOptions, 'threshold' | 'filter'> {
  readonly shown: readonly Shown[];
  readonly found: Shown;
}

/**
 * What an echo repeats, where that is among the results too: it takes the echo's place, with its
 * score, so that nothing is ranked by having been repeated.
 */
async function sourceOf(
  records: TenantRecords,
  info: NamespaceInfo,
  order: Order,
  { shown, found, threshold, filter }: EchoPlace,
): Promise<Shown | undefined> {
  const { echoOf } = found.memory.body;
  if (echoOf === undefined) return undefined;
  const earlier = shown.find(
    ({ memory, echoes }) => memory.id === echoOf || echoes.includes(echoOf),
  );
  if (earlier !== undefined) return earlier;
  const [source] = await records.byId([echoOf], info.no);
  if (source === undefined) return undefined;
  for (let position = found.position + 1; position < order.count; position += 1) {
    if (order.score(position) < threshold) return undefined;
    const ranked = order.at(position);
    if (ranked.ordinal !== source.row.ordinal) continue;
    const placed = { ranked: { ...ranked, score: found.ranked.score }, position };
    return (await read(records, info, [placed], filter))[0];
  }
  return undefined;
}

/** Rows come in the order of the ranking. One that was erased after the search is left out. */
async function read(
  records: TenantRecords,
  info: NamespaceInfo,
  batch: readonly Placed[],
  filter: RecallFilter,
): Promise<Shown[]> {
  const ordinals = batch.map(({ ranked }) => ranked.ordinal);
  const current = await records.byOrdinal(info.no, ordinals);
  const rows = await rowsAsOf(records, info.no, current, filter.asOf);
  const found: Shown[] = [];
  let next = 0;
  for (const { ranked, position } of batch) {
    const row = rows[next];
    if (row?.ordinal !== ranked.ordinal) continue;
    next += 1;
    const memory = memoryOf(info.name, row);
    // It may be another version than the index knows, or have changed since that was asked.
    if (!passesFilter(memory, filter)) continue;
    const text = indexedText(memory.body);
    const said = once(() => saidBy(text));
    found.push({ ranked, position, memory, text, said, duplicates: [], echoes: [] });
  }
  return found;
}

/** Cosines of one question to texts that say the same differ by no more. */
const cosineGapMax = 0.08;

/** The same words of another speaker, or as another kind of memory, are not the same. */
function isTwin(a: Shown, b: Shown): boolean {
  if (Math.abs(a.ranked.signals.vector - b.ranked.signals.vector) > cosineGapMax) return false;
  if (a.memory.kind !== b.memory.kind || a.memory.audience !== b.memory.audience) return false;
  return a.memory.body.speaker === b.memory.body.speaker && saysTheSame(a.said(), b.said());
}
