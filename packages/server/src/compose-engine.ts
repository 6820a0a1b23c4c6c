/** Backends and models become the engine: indexes, embeddings and their backfill around it. */
import type { Logger } from 'pino';
import type { Models } from './compose-models.ts';
import { type Indexes, indexLog, openIndexes } from './compose-search.ts';
import type { Store } from './compose-store.ts';
import {
  callTimeoutMs,
  describeVectors,
  vectorIndexOf,
  vectorSettings,
} from './compose-vectors.ts';
import type { Settings } from './config/settings.ts';
import { RecallCounts } from './engine/audit/recall-counts.ts';
import { UnmetQuestions } from './engine/audit/unmet-questions.ts';
import type { EngineDeps, Followers } from './engine/deps.ts';
import { Dreams, type DreamsOptions } from './engine/dream/dreams.ts';
import { Schedules } from './engine/dream/schedules.ts';
import { allStrategies } from './engine/dream/strategies/all-strategies.ts';
import type { Strategy } from './engine/dream/strategy.ts';
import { HandedOut } from './engine/echo/handed-out.ts';
import { Backfill } from './engine/embed/backfill.ts';
import { Embeddings } from './engine/embed/embeddings.ts';
import { Generations } from './engine/embed/generations.ts';
import { createEngine, type Engine } from './engine/engine.ts';
import type { ChangeFeed } from './engine/events/change-feed.ts';
import { resumeForgets } from './engine/forget/run-forget.ts';
import { createKeyHasher } from './engine/key-hasher.ts';
import { StandingProfiles } from './engine/profile/standing-profiles.ts';
import { LastFound } from './engine/recall/last-found.ts';
import type { Reranking } from './engine/recall/rerank.ts';
import { OutsidePlaces } from './engine/vectors/outside-vectors.ts';
import { VectorFeed } from './engine/vectors/vector-feed.ts';
import { noWatch, type Watch } from './observe/watch.ts';
import { createLonelyPeers, type Peers } from './peers/peers.ts';
import type { Clock } from './ports/clock.ts';
import type { ControlPort } from './ports/control.ts';
import type { ErasureList } from './ports/erasures.ts';
import type { RecordsPort } from './ports/records.ts';
import type { Reranker } from './ports/reranker.ts';
import { KeyedMutex } from './util/mutex.ts';

export interface EngineParts {
  readonly settings: Settings;
  readonly records: RecordsPort;
  readonly control: ControlPort;
  /** Absent where nothing outlives the process. */
  readonly erasures?: ErasureList | undefined;
  /** Absent where only this thread can read the records. */
  readonly share: Store['share'] | undefined;
  readonly models: Models;
  /** Of the key hashes. */
  readonly secret: Uint8Array;
  readonly clock: Clock;
  readonly log: Logger;
  /** Nothing is measured without it. */
  readonly watch?: Watch;
  /** What a key may do now; without it nothing is done in anybody's name. */
  readonly scopeOf?: DreamsOptions['scopeOf'];
  /** Told of every dream that was applied by its own policy. */
  readonly onDreamApplied?: DreamsOptions['onApplied'];
  /** Those of the product when absent. */
  readonly strategies?: readonly Strategy[];
  /** The servers of the store; this one is alone when absent. */
  readonly peers?: Peers;
  /** Nobody follows the changes without them. */
  readonly feed?: ChangeFeed;
  readonly followers?: Followers;
}

export interface OpenEngine {
  readonly engine: Engine;
  readonly backfill: Backfill;
  readonly embeddings: Embeddings;
  readonly indexes: Pick<Indexes, 'stats'>;
  /** Absent where all vectors are searched in memory. */
  readonly vectorFeed: VectorFeed | undefined;
  /** Of the vectors that are wanted now: a rollback changes it. */
  model(): string;
  /** Starts the search workers before the first large namespace is asked for. */
  startWorkers(): void;
  /** Of servers of the store that have ended. */
  finishForgets(): Promise<void>;
  /** Another server has rolled back or dropped a generation of vectors. */
  reloadGenerations(): Promise<void>;
  /** Stops the backfill and writes the indexes back; the records stay open. */
  close(): Promise<void>;
}

export async function openEngine(parts: EngineParts): Promise<OpenEngine> {
  const { settings, records, control, share, models, secret, clock, log } = parts;
  const { watch = noWatch, peers = createLonelyPeers(clock) } = parts;
  const { analyzer, wordWeight, openTokenizer, reranking } = models;
  const generations = await Generations.open(control, models.embedders);
  const vectors = await openVectors(parts, generations);
  const { outside, feed: vectorFeed } = vectors ?? {};
  const sources = { records, share, analyzer, generations, outside };
  const indexes = openIndexes({ settings, ...sources, log });
  const { embedWaitMs: storeWaitMs, embedWaitQueryMs: queryWaitMs } = settings;
  const embeddings = new Embeddings({ generations, clock, storeWaitMs, queryWaitMs, watch });
  const backfill = new Backfill({
    records,
    embeddings,
    prepareIndex: async (tenant, place) => {
      await vectorFeed?.complete(tenant, place.no, place.generation);
      await (await indexes.open(tenant, place)).languages();
    },
    releaseIndex: indexes.release,
    log: indexLog(log),
    isOnDuty: () => peers.isOnDuty(),
  });
  const recallCounts = await RecallCounts.open({
    ...{ control, records, clock },
    onFault: (err) => log.warn({ err }, 'recall counts were not kept'),
  });
  const deps: EngineDeps = {
    ...{ records, control, erasures: parts.erasures },
    ...{ openIndex: indexes.open, releaseIndex: indexes.release },
    ...{ embeddings, backfill, analyzer },
    ...{ handedOut: new HandedOut(clock), wordWeight, openTokenizer },
    reranking: reranking && watchedReranking(reranking, watch),
    hashKey: createKeyHasher(secret),
    ...{ clock, watch, peers, recallCounts },
    keyLocks: new KeyedMutex(),
    valueBytesMax: settings.maxValueBytes,
    hygiene: settings.hygiene,
    unmet: new UnmetQuestions(),
    profiles: new StandingProfiles(),
    // A store that servers share lies behind a network, or as good as that.
    lastFound: peers.isAlone ? undefined : new LastFound(),
    ...{ feed: parts.feed, followers: parts.followers, vectorFeed },
  };
  // Beside other servers it is not known yet what is left of ended ones.
  if (peers.isAlone) await finishForgets(deps, log);
  const dreaming = openDreaming(deps, parts, peers);
  vectorFeed?.start();
  return {
    engine: createEngine(deps, dreaming),
    backfill,
    embeddings,
    indexes,
    vectorFeed,
    model: () => generations.target.model,
    startWorkers: () => indexes.start(),
    finishForgets: () => finishForgets(deps, log),
    reloadGenerations: async () => {
      await generations.reload();
      backfill.redirect();
    },
    close: async () => {
      await dreaming.schedules.close();
      await dreaming.dreams.close();
      await vectorFeed?.stop();
      await backfill.stop();
      await recallCounts.close();
      await indexes.close();
      await vectors?.index.close();
    },
  };
}

/**
 * Throws where the settings or the schema are wrong. A system that is away now is asked again
 * later: searches go on without it.
 */
async function openVectors(parts: EngineParts, generations: Generations) {
  const { settings, records, control, clock, log } = parts;
  const index = vectorIndexOf(vectorSettings(settings), control, true);
  if (index === undefined) return undefined;
  try {
    const { dimension, no } = generations.target;
    const isThere = await index.tryOpen();
    if (isThere && dimension > 0) await index.prepare(no, dimension);
    if (!isThere) log.warn({ vectors: index.name }, 'The system for vectors does not answer yet.');
  } catch (error) {
    await index.close();
    throw error;
  }
  const outside = new OutsidePlaces({ index, control, waitMs: settings.vectorsWaitMs });
  const feed = new VectorFeed({
    ...{ records, control, index, generations, clock, from: settings.vectorsFrom },
    system: describeVectors(vectorSettings(settings)),
    // A call is given up after its time; so long again it may be under way or wait over there.
    lateMs: 2 * callTimeoutMs(settings),
    log: indexLog(log),
  });
  return { index, outside, feed };
}

function openDreaming(deps: EngineDeps, parts: EngineParts, peers: Peers) {
  const { scopeOf, strategies, models, log, onDreamApplied: onApplied } = parts;
  const shared = {
    scopeOf: scopeOf ?? (() => undefined),
    onFault: (err: unknown) => log.error({ err }, 'a dream broke'),
  };
  const dreams = new Dreams(deps, {
    ...{
      strategies: strategies ?? allStrategies,
      generator: models.generator,
      onApplied,
      ...shared,
    },
  });
  const isOnDuty = () => peers.isOnDuty();
  return { dreams, schedules: new Schedules({ deps, dreams, isOnDuty, ...shared }) };
}

function watchedReranking(reranking: Reranking, watch: Watch): Reranking {
  const { reranker, budgetMs } = reranking;
  const rerank: Reranker['rerank'] = (...asked) =>
    watch.phase('rerank', () => reranker.rerank(...asked));
  return { reranker: { model: reranker.model, rerank }, budgetMs };
}

/** What was being forgotten when the last process ended is gone before anybody asks. */
async function finishForgets(deps: EngineDeps, log: Logger): Promise<void> {
  try {
    const forgets = await resumeForgets(deps);
    if (forgets > 0) log.info({ forgets }, 'Forgets that were cut short are finished.');
  } catch (err) {
    // A disk without space must not keep the server from starting; the next start tries again.
    log.error({ err }, 'A forget that was cut short could not be finished.');
  }
}
