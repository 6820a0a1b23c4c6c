/** Measures one data set: imports it, asks everything, and scores the product beside the floor. */
import type { Signals } from '../lib/api.ts';
import type { JsonClient } from '../lib/client.ts';
import type { Asked } from './abstention.ts';
import type { DataSet, Group } from './data.ts';
import { createFloor, type Floor } from './floor.ts';
import { type LevelScore, levelScore, type Score, score } from './metrics.ts';
import {
  type Answered,
  type AskOptions,
  askAll,
  askOwn,
  foreignQuestions,
  importGroups,
  renamedQuestions,
} from './run.ts';
import { ablationVariants } from './tables.ts';

// Each group of LongMemEval is one question's corpus of about 500 turns; this bounds one server.
const batchDocumentsMax = 20_000;
// Sessions are ranked by their best turn, and ten turns may belong to one session.
const sessionTurns = 50;

/** A query that has gold turns. */
export interface Scored extends Score {
  readonly id: string;
  readonly group: string;
  readonly category: string;
  readonly floor: Score;
  readonly serverMs: number;
  readonly httpMs: number;
}

/** A query scored at a level where LongMemEval scores it. */
export interface Leveled {
  readonly level: 'turn' | 'session';
  readonly own: LevelScore;
  readonly floor: LevelScore;
}

export interface Measured {
  readonly scored: Scored[];
  readonly leveled: Leveled[];
  /** The language that the floor saw in each group. */
  readonly languages: Map<string, string>;
  readonly asked: { [K in keyof Asked]: Asked[K][number][] };
  /** One per signal variant, when asked for. */
  readonly variants: Map<string, Scored[]>;
  /** Results asked for per query. */
  limit: number;
  stored: number;
  importSeconds: number;
}

export interface MeasureOptions {
  readonly prefix: string;
  readonly limit: number;
  readonly signals?: Signals;
  readonly ablation: boolean;
}

/** Runs `use` with a client of a server for one batch, and cleans up after it. */
export type WithServer = (use: (client: JsonClient) => Promise<void>) => Promise<void>;

/** Asks group after group; `withServer` is called once per batch of groups. */
export async function measureDataSet(
  data: DataSet,
  withServer: WithServer,
  options: MeasureOptions,
): Promise<Measured> {
  const measured: Measured = {
    scored: [],
    leveled: [],
    languages: new Map(),
    asked: { own: [], foreign: [], renamed: [], unanswerable: [] },
    variants: new Map(),
    limit: options.limit,
    stored: 0,
    importSeconds: 0,
  };
  for (const batch of batches(data.groups, batchDocumentsMax)) {
    await withServer((client) => measureBatch(client, batch, options, measured));
  }
  return measured;
}

/** Groups in order, as many together as have at most `documentsMax` documents, at least one. */
export function* batches(groups: Iterable<Group>, documentsMax: number): Generator<Group[]> {
  let batch: Group[] = [];
  let documents = 0;
  for (const group of groups) {
    if (batch.length > 0 && documents + group.items.length > documentsMax) {
      yield batch;
      batch = [];
      documents = 0;
    }
    batch.push(group);
    documents += group.items.length;
  }
  if (batch.length > 0) yield batch;
}

async function measureBatch(
  client: JsonClient,
  groups: readonly Group[],
  options: MeasureOptions,
  measured: Measured,
): Promise<void> {
  const { prefix, signals } = options;
  const startedAt = performance.now();
  measured.stored += await importGroups(client, groups, prefix);
  measured.importSeconds += (performance.now() - startedAt) / 1000;
  const withSessions = groups.some((group) =>
    group.queries.some((query) => query.goldSessions.length > 0),
  );
  const limit = withSessions ? Math.max(options.limit, sessionTurns) : options.limit;
  measured.limit = Math.max(measured.limit, limit);
  const ask: AskOptions = { prefix, limit, ...(signals === undefined ? {} : { signals }) };
  const floors = new Map<Group, Floor>(groups.map((group) => [group, createFloor(group)]));
  for (const [group, floor] of floors) measured.languages.set(group.name, floor.language);
  const ranked = floorRankings(floors, limit);
  const answers = await askOwn(client, groups, ask);
  measured.scored.push(...scoreAll(answers, ranked));
  measured.leveled.push(...answers.flatMap((answer) => levels(answer, ranked)));
  for (const answer of answers) note(answer, measured.asked);
  const foreign = foreignQuestions(groups);
  const { asked } = measured;
  asked.foreign.push(...(await askAll(client, foreign, ask)).map(topScore));
  asked.renamed.push(...(await askAll(client, renamedQuestions(foreign), ask)).map(topScore));
  if (!options.ablation) return;
  for (const variant of ablationVariants()) {
    const answers = await askOwn(client, groups, { prefix, limit, signals: variant.signals });
    const known = measured.variants.get(variant.name) ?? [];
    measured.variants.set(variant.name, [...known, ...scoreAll(answers, ranked)]);
  }
}

type Ranked = (answer: Answered) => string[];

/** The floor's rankings, each made once for all variants. */
function floorRankings(floors: ReadonlyMap<Group, Floor>, limit: number): Ranked {
  const known = new Map<Answered['query'], string[]>();
  const rank = (group: Group, text: string): string[] =>
    (floors.get(group)?.rank(text, limit) ?? []).map(({ doc }) => doc);
  return ({ group, query }) => {
    const ranking = known.get(query) ?? rank(group, query.text);
    known.set(query, ranking);
    return ranking;
  };
}

function scoreAll(answers: readonly Answered[], ranked: Ranked): Scored[] {
  return answers
    .filter(({ query }) => query.gold.length > 0)
    .map((answer) => {
      const { group, query, found, serverMs, httpMs } = answer;
      const ranking = found.map(({ doc }) => doc);
      return {
        ...score(ranking, query.gold),
        id: query.id,
        group: group.name,
        category: query.category,
        floor: score(ranked(answer), query.gold),
        serverMs,
        httpMs,
      };
    });
}

function levels(answer: Answered, ranked: Ranked): Leveled[] {
  const { group, query } = answer;
  if (query.goldSessions.length === 0) return [];
  const own = answer.found.map(({ doc }) => doc);
  const floor = ranked(answer);
  const sessions = new Map(group.items.map((item) => [item.metadata?.doc, item.key ?? '']));
  const bySession = (docs: readonly string[]): string[] =>
    docs.map((doc) => sessions.get(doc) ?? '');
  const leveled: Leveled[] = [
    {
      level: 'session',
      own: levelScore(bySession(own), query.goldSessions),
      floor: levelScore(bySession(floor), query.goldSessions),
    },
  ];
  if (query.gold.length === 0) return leveled;
  const turn = { own: levelScore(own, query.gold), floor: levelScore(floor, query.gold) };
  return [{ level: 'turn', ...turn }, ...leveled];
}

function note(answer: Answered, asked: Measured['asked']): void {
  const { query, found } = answer;
  if (query.unanswerable) asked.unanswerable.push(topScore(answer));
  if (query.gold.length === 0) return;
  const right = found.slice(0, 10).filter(({ doc }) => query.gold.includes(doc));
  const goldScore = right.length === 0 ? undefined : Math.max(...right.map(({ score }) => score));
  asked.own.push({ topScore: topScore(answer), goldScore });
}

function topScore({ found }: Answered): number {
  return Math.max(0, ...found.map(({ score }) => score));
}
