/** `compress`: old episodes that belong together become one summary, and stay behind it. */
import type { MemoryRef, PlannedAction } from '../../../domain/dream.ts';
import { limits } from '../../../domain/limits.ts';
import type { JsonObject } from '../../../domain/memory.ts';
import { contentTerms } from '../../../text/content-terms.ts';
import { rarityIn } from '../similar.ts';
import type {
  DreamMemory,
  DreamSnapshot,
  DreamTools,
  Strategy,
  StrategyOptions,
} from '../strategy.ts';
import { compressLimits } from './compress/compress-limits.ts';
import { type Cluster, findClusters } from './compress/find-clusters.ts';
import { generatedSummary } from './compress/generated-summary.ts';
import { summarize } from './compress/summarize.ts';

export const compress: Strategy = { id: 'compress', plan };

/**
 * Share of the summaries whose sources are of one topic, on the planted namespaces. Below the 0.9
 * of `auto_apply`: what is archived has been read by somebody.
 */
const topicConfidence = 0.85;

async function plan(
  snapshot: DreamSnapshot,
  options: StrategyOptions,
  tools: DreamTools,
): Promise<PlannedAction[]> {
  const rarity = remembered(rarityIn(snapshot.memories));
  const breathe = () => tools.breathe();
  const summarizer = createSummarizer(rarity, tools);
  const actions: PlannedAction[] = [];
  let left = oldEpisodes(snapshot, options.before);
  // What a round leaves may belong together once the others are gone; the next dream would see it.
  for (;;) {
    const gone = new Set<string>();
    for (const cluster of await findClusters({ memories: left, rarity, breathe })) {
      const text = await summarizer(cluster.members);
      if (text === undefined) continue;
      actions.push(actionFor(cluster, text, { tools, rarity }));
      for (const { id } of cluster.members) gone.add(id);
    }
    if (gone.size === 0) return actions;
    left = left.filter(({ id }) => !gone.has(id));
  }
}

/** Episodes that may go behind a summary. */
function oldEpisodes({ memories, now }: DreamSnapshot, before: number | undefined): DreamMemory[] {
  const { newestKept, recentMs, importanceKept, memoryTokensMax } = compressLimits;
  const newest = memories.at(-newestKept)?.occurredAt ?? Number.NEGATIVE_INFINITY;
  const end = before ?? Math.min(now - recentMs, newest);
  return memories.filter(
    ({ kind, occurredAt, pinned, importance, tokens, text }) =>
      kind === 'episode' &&
      occurredAt < end &&
      !pinned &&
      importance < importanceKept &&
      tokens <= memoryTokensMax &&
      !isJson.test(text),
  );
}

/** Sentences cannot be taken out of a JSON value. */
const isJson = /^(?:\{\s*"|\[\s*["{[\d])/u;

/** Failures of a language model in a row after which it is not asked any more. */
const failuresMax = 3;

function createSummarizer(
  rarity: (term: string) => number,
  tools: DreamTools,
): (members: readonly DreamMemory[]) => Promise<string | undefined> {
  const countTokens = remembered((text) => tools.countTokens(text));
  const weighing = { rarity, countTokens, breathe: () => tools.breathe() };
  let failures = 0;
  return async (members) => {
    const offline = await summarize(members, weighing);
    const { generate } = tools;
    if (offline === undefined || generate === undefined || failures >= failuresMax) return offline;
    const outcome = await generatedSummary(members, { generate, countTokens });
    if ('text' in outcome) {
      failures = 0;
      return outcome.text;
    }
    failures = outcome.isAnswered ? 0 : failures + 1;
    tools.note(`A summary keeps its extracted form: ${outcome.fault}.`);
    return offline;
  };
}

/** Texts of which a plan counts the tokens again and again are words. */
function remembered(count: (text: string) => number): (text: string) => number {
  const known = new Map<string, number>();
  return (text) => {
    const found = known.get(text) ?? count(text);
    known.set(text, found);
    return found;
  };
}

function actionFor(
  { members, isThread }: Cluster,
  value: string,
  { tools, rarity }: { readonly tools: DreamTools; readonly rarity: (term: string) => number },
): PlannedAction {
  const sources = members.map(({ id, version }): MemoryRef => ({ id, version }));
  const times = members.map(({ occurredAt }) => occurredAt);
  const [from, to] = [Math.min(...times), Math.max(...times)];
  const before = members.reduce((sum, { tokens }) => sum + tokens, 0);
  const after = tools.countTokens(value);
  const kept = wordsKept(members, value, rarity);
  const share = `${Math.round(kept * 100)} % of what their words tell is in it`;
  const what = isThread ? 'turns of one thread' : 'memories that are alike';
  return {
    strategy: 'compress',
    reason: `${members.length} old ${what}, ${before} tokens, and a summary of ${after}; ${share}.`,
    confidence: topicConfidence,
    sources,
    add: {
      value,
      type: 'summary',
      subject: `episodes from ${members[0]?.id}`,
      tags: [...new Set(members.flatMap(({ tags }) => tags))].slice(0, limits.tagsMax),
      metadata: {
        ...commonMetadata(members),
        turns: members.length,
        from: new Date(from).toISOString(),
        to: new Date(to).toISOString(),
        tokens_before: before,
        tokens_after: after,
        words_kept: Math.round(kept * 100) / 100,
      },
      occurredAt: to,
      importance: Math.max(...members.map(({ importance }) => importance)),
    },
    archive: sources,
  };
}

/**
 * The part of the sources' words that a search for them still finds, each word as much as it tells;
 * 0 to 1. What was recalled before is found in the sources alone.
 */
function wordsKept(
  members: readonly DreamMemory[],
  value: string,
  rarity: (term: string) => number,
): number {
  const said = contentTerms(value);
  let all = 0;
  let kept = 0;
  for (const { terms } of members) {
    for (const term of terms.keys()) {
      const weight = Math.max(0, rarity(term));
      all += weight;
      if (said.has(term)) kept += weight;
    }
  }
  return all === 0 ? 1 : kept / all;
}

/** What all of them have alike, so that a filter by it still finds them. */
function commonMetadata([first, ...others]: readonly DreamMemory[]): JsonObject {
  const isCommon = (name: string, value: unknown): boolean =>
    others.every(({ metadata }) => JSON.stringify(metadata[name]) === JSON.stringify(value));
  const entries = Object.entries(first?.metadata ?? {});
  return Object.fromEntries(entries.filter(([name, value]) => isCommon(name, value)));
}
