/** What a search needs in any thread: the indexes and their sources. */
import { MessagePort } from 'node:worker_threads';
import type { Logger } from 'pino';
import type { Store } from './compose-store.ts';
import { type VectorSettings, vectorSettings } from './compose-vectors.ts';
import type { Settings } from './config/settings.ts';
import type { TenantId } from './domain/memory.ts';
import type { Analyzer } from './engine/analysis.ts';
import type { Generations } from './engine/embed/generations.ts';
import { type IndexPlace, namespaceSource } from './engine/reanalyze.ts';
import type { OutsidePlaces } from './engine/vectors/outside-vectors.ts';
import { createIndexPool } from './index/index-pool.ts';
import type { IndexLog } from './index/index-settings.ts';
import type { NamespaceSearcher } from './index/types.ts';
import { createWorkerHost, type WorkerHost } from './index/worker-host.ts';
import type { IndexStats } from './index/worker-messages.ts';
import type { NamespaceInfo, RecordsPort } from './ports/records.ts';
import { workerUrl } from './util/worker-url.ts';

/** What a search worker is started with. */
export interface SearchWorkerData {
  readonly records: Settings['records'];
  /** What the store's `share` gave for it. */
  readonly store: object;
  readonly bytesMax: number;
  /** Where the vectors of large namespaces are. */
  readonly vectors: VectorSettings;
  readonly logLevel: Settings['logLevel'];
}

type NamespaceGeneration = Pick<NamespaceInfo, 'no' | 'generation'>;

export interface Indexes {
  open(tenant: TenantId, place: NamespaceGeneration): Promise<NamespaceSearcher>;
  /** Saves an index that is not likely to be asked again, and frees its memory. */
  release(tenant: TenantId, place: NamespaceGeneration): Promise<void>;
  /** Starts the search workers before the first large namespace is asked for. */
  start(): void;
  /** Of all indexes, those of the search workers included. */
  stats(): Promise<IndexStats>;
  /** Writes every index back. */
  close(): Promise<void>;
}

interface IndexesOptions {
  readonly settings: Settings;
  readonly records: RecordsPort;
  /** Absent where only this thread can read the records: then it searches everything itself. */
  readonly share: Store['share'] | undefined;
  readonly analyzer: Analyzer;
  readonly generations: Generations;
  /** Absent where all vectors are searched in memory. */
  readonly outside: OutsidePlaces | undefined;
  readonly log: Logger;
}

export function openIndexes(options: IndexesOptions): Indexes {
  const { settings, records, analyzer, generations, outside, log } = options;
  const workers = openWorkers(options);
  const bytesMax = settings.indexMemoryMb * 2 ** 20;
  const placeOf = (tenant: TenantId, namespaceNo: number, generation: number): IndexPlace => {
    const dimension = generations.find(generation)?.dimension ?? 0;
    return { tenant, namespaceNo, generation, dimension };
  };
  const pool = createIndexPool({
    analyzer: analyzer.version,
    log: indexLog(log),
    // Half is kept for the large namespaces, which the workers own.
    bytesMax: workers === undefined ? bytesMax : bytesMax / 2,
    largeFrom: settings.largeNamespace,
    ...(workers !== undefined && { workers }),
  });
  return {
    open: async (tenant, { no, generation }) => {
      const place = placeOf(tenant, no, generation);
      const source = namespaceSource(records, analyzer, place, outside);
      return pool.searcher(searcherKey.write(place), source);
    },
    release: (tenant, { no, generation }) =>
      pool.release(searcherKey.write(placeOf(tenant, no, generation))),
    start: () => workers?.start(),
    stats: async () => {
      const [here, there] = [pool.stats(), await workers?.stats()];
      const { namespaces = 0, bytes = 0 } = there ?? {};
      return { namespaces: here.namespaces + namespaces, bytes: here.bytes + bytes };
    },
    close: async () => {
      await pool.close();
      await workers?.close();
    },
  };
}

function openWorkers({ settings, share, log }: IndexesOptions): WorkerHost | undefined {
  const { searchWorkers: workers, records, logLevel } = settings;
  if (share === undefined || workers === 0) return undefined;
  const bytesMax = (settings.indexMemoryMb * 2 ** 20) / 2 / workers;
  return createWorkerHost({
    url: workerUrl('./compose-worker', import.meta.url),
    workers,
    log: indexLog(log),
    share: () => {
      const store = share();
      const vectors = vectorSettings(settings);
      const workerData: SearchWorkerData = { records, store, bytesMax, vectors, logLevel };
      const transfer = Object.values(store).filter((value) => value instanceof MessagePort);
      return { workerData, transfer };
    },
  });
}

export function indexLog(log: Logger): IndexLog {
  return (level, message, details) => log[level](details ?? {}, message);
}

/** Names a namespace in one generation between threads. */
export const searcherKey = {
  write: ({ tenant, namespaceNo, generation, dimension }: IndexPlace): string =>
    [namespaceNo, generation, dimension, tenant].join('/'),
  read(key: string): IndexPlace {
    const [namespaceNo = 0, generation = 0, dimension = 0] = key.split('/', 3).map(Number);
    const tenant = key.split('/').slice(3).join('/') as TenantId;
    return { tenant, namespaceNo, generation, dimension };
  },
};
