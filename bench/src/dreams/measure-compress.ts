/** Asks conversations before and after `compress`, and follows its summaries to their sources. */
import * as o200k from '../../../packages/server/dist/providers/tokenizer/o200k-tokenizer.js';
import { contentTerms } from '../../../packages/server/dist/text/content-terms.js';
import { search, storeBulk } from '../lib/api.ts';
import type { JsonClient } from '../lib/client.ts';
import { runPool } from '../lib/pool.ts';
import type { DataSet, Group, Query } from '../recall/data.ts';
import { applyDream, planCompress, type Summary } from './dream-calls.ts';

/** A result as it counts: a turn stands for itself, a summary for its sources. */
export interface Hit {
  readonly tokens: number;
  /** Documents that it leads to. */
  readonly docs: readonly string[];
  /** Those of them of whose telling words it has at least half; a turn has all of its own. */
  readonly told: readonly string[];
}

export interface CompressScore {
  readonly category: string;
  readonly gold: readonly string[];
  readonly before: readonly Hit[];
  readonly after: readonly Hit[];
  /** Memories of the conversation. */
  readonly memories: number;
}

export interface CompressGroup {
  readonly name: string;
  readonly memories: number;
  readonly archived: number;
  readonly summaries: number;
  readonly sourceTokens: number;
  readonly summaryTokens: number;
  /** Of all that a search looks through. */
  readonly tokensBefore: number;
  readonly tokensAfter: number;
  /** From the start of the dream to its plan. */
  readonly planMs: number;
  readonly scores: readonly CompressScore[];
}

/** The categories of LoCoMo whose questions have an answer. */
const categories = new Set(['1', '2', '3', '4']);
const limit = 10;
const toldShare = 0.5;

export async function measureCompress(
  client: JsonClient,
  data: DataSet,
  sessionsKept: number,
): Promise<CompressGroup[]> {
  const groups: CompressGroup[] = [];
  for (const group of data.groups) groups.push(await measureGroup(client, group, sessionsKept));
  if (groups.every(({ scores }) => scores.length === 0)) {
    throw new Error('the file has no questions of the categories 1 to 4 with known turns');
  }
  return groups;
}

async function measureGroup(
  client: JsonClient,
  group: Group,
  sessionsKept: number,
): Promise<CompressGroup> {
  const namespace = `bench-${group.name}`;
  const { count } = await o200k.lazyO200kTokenizer()();
  const docOf = await storeAll(client, namespace, group);
  const turns = new Map<string, Turn>();
  for (const { value, metadata } of group.items) {
    const doc = metadata?.doc ?? '';
    turns.set(doc, { hit: { tokens: count(value), docs: [doc], told: [doc] }, text: value });
  }
  const queries = group.queries.filter(({ gold, category }) => {
    return gold.length > 0 && categories.has(category);
  });
  const before = await askAll(
    client,
    namespace,
    queries,
    (id) => turns.get(docOf.get(id) ?? '')?.hit,
  );
  const { dream, summaries, planMs } = await planCompress(client, {
    namespace,
    before: startOfLast(group, sessionsKept),
  });
  const made = await applyDream(client, dream, summaries);
  const hits = new Map([...made].map(([id, one]) => [id, summaryHit(one, docOf, turns, count)]));
  const after = await askAll(client, namespace, queries, (id) => {
    return hits.get(id) ?? turns.get(docOf.get(id) ?? '')?.hit;
  });
  const sum = (all: readonly Hit[]) => all.reduce((total, { tokens }) => total + tokens, 0);
  const tokensBefore = sum([...turns.values()].map(({ hit }) => hit));
  const archived = [...hits.values()].flatMap(({ docs }) => docs);
  const sourceTokens = sum(archived.flatMap((doc) => turns.get(doc)?.hit ?? []));
  const summaryTokens = sum([...hits.values()]);
  return {
    ...{ name: group.name, memories: group.items.length, archived: archived.length },
    ...{ summaries: hits.size, sourceTokens, summaryTokens, tokensBefore, planMs },
    tokensAfter: tokensBefore - sourceTokens + summaryTokens,
    scores: queries.map(({ category, gold }, i) => ({
      ...{ category, gold, before: before[i] ?? [], after: after[i] ?? [] },
      memories: group.items.length,
    })),
  };
}

interface Turn {
  readonly hit: Hit;
  readonly text: string;
}

/** The document of each id. */
async function storeAll(
  client: JsonClient,
  namespace: string,
  { items }: Group,
): Promise<Map<string, string>> {
  const docOf = new Map<string, string>();
  const size = 200;
  for (let start = 0; start < items.length; start += size) {
    const some = items.slice(start, start + size);
    const ids = await storeBulk(client, namespace, some);
    for (const [i, id] of ids.entries()) docOf.set(id, some[i]?.metadata?.doc ?? '');
  }
  return docOf;
}

/** When the first of the last sessions began, as ISO 8601. */
function startOfLast({ name, items }: Group, sessions: number): string {
  const starts = new Map<string, string>();
  for (const { key = '', occurred_at: at } of items) {
    if (at !== undefined && !starts.has(key)) starts.set(key, at);
  }
  const start = [...starts.values()].sort().at(-sessions);
  if (start === undefined) throw new Error(`${name} has no sessions with dates`);
  return start;
}

function askAll(
  client: JsonClient,
  namespace: string,
  queries: readonly Query[],
  hitOf: (id: string) => Hit | undefined,
): Promise<Hit[][]> {
  return runPool(queries.length, 8, async (index) => {
    const { results } = await search(client, {
      ...{ query: queries[index]?.text ?? '', namespace, limit },
    });
    return results.map(({ id }) => {
      const hit = hitOf(id);
      if (hit === undefined) throw new Error(`a search found ${id}, which nobody stored`);
      return hit;
    });
  });
}

function summaryHit(
  { value, sources }: Summary,
  docOf: ReadonlyMap<string, string>,
  turns: ReadonlyMap<string, Turn>,
  count: (text: string) => number,
): Hit {
  const terms = contentTerms(value);
  const docs = sources.map((id) => docOf.get(id) ?? '');
  const told = docs.filter((doc) => {
    const own = [...contentTerms(turns.get(doc)?.text ?? '').keys()];
    return own.filter((term) => terms.has(term)).length >= toldShare * own.length;
  });
  return { tokens: count(value), docs, told };
}
