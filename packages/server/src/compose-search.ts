/** What a search needs in any thread: the indexes and their sources. */
import type { Logger } from 'pino';
import type { StoreShare } from './backends/sqlite/sqlite-store.ts';
import type { EmbedderShare, Models } from './compose-models.ts';
import type { Settings } from './config/settings.ts';
import type { TenantId } from './domain/memory.ts';
import { namespaceSource } from './engine/reanalyze.ts';
import { createIndexPool, type IndexPoolOptions } from './index/index-pool.ts';
import type { IndexLog, NamespaceSource } from './index/index-settings.ts';
import type { NamespaceSearcher } from './index/types.ts';
import { createWorkerHost, type WorkerHost } from './index/worker-host.ts';
import type { RecordsPort } from './ports/records.ts';
import { workerUrl } from './util/worker-url.ts';

/** What a search worker is started with. */
export interface SearchWorkerData {
  readonly store: StoreShare;
  readonly embedder: EmbedderShare;
  readonly bytesMax: number;
  readonly logLevel: Settings['logLevel'];
}

export interface Indexes {
  open(tenant: TenantId, namespaceNo: number): Promise<NamespaceSearcher>;
  /** Starts the search workers before the first large namespace is asked for. */
  start(): void;
  /** Writes every index back. */
  close(): Promise<void>;
}

interface IndexesOptions {
  readonly settings: Settings;
  readonly records: RecordsPort;
  /** Absent where only this thread can read the records: then it searches everything itself. */
  readonly share: (() => StoreShare) | undefined;
  readonly models: Models;
  readonly log: Logger;
}

export function openIndexes(options: IndexesOptions): Indexes {
  const { settings, records, models, log } = options;
  const workers = openWorkers(options);
  const bytesMax = settings.indexMemoryMb * 2 ** 20;
  const pool = createIndexPool({
    ...poolOptions(models, indexLog(log)),
    // Half is kept for the large namespaces, which the workers own.
    bytesMax: workers === undefined ? bytesMax : bytesMax / 2,
    largeFrom: settings.largeNamespace,
    ...(workers !== undefined && { workers }),
  });
  return {
    open: async (tenant, namespaceNo) => {
      const source = namespaceSource(records, models.analyzer, tenant, namespaceNo);
      return pool.searcher(searcherKey.write(tenant, namespaceNo), source);
    },
    start: () => workers?.start(),
    close: async () => {
      await pool.close();
      await workers?.close();
    },
  };
}

function openWorkers(options: IndexesOptions): WorkerHost | undefined {
  const { settings, share, models, log } = options;
  const { searchWorkers: workers, logLevel } = settings;
  const { model, dimension } = models.embedder;
  const embedder = { name: settings.embedder, model, dimension };
  if (share === undefined || workers === 0) return undefined;
  const bytesMax = (settings.indexMemoryMb * 2 ** 20) / 2 / workers;
  return createWorkerHost({
    url: workerUrl('./compose-worker', import.meta.url),
    workers,
    log: indexLog(log),
    share: () => {
      const store = share();
      const workerData: SearchWorkerData = { store, embedder, bytesMax, logLevel };
      return { workerData, transfer: [store.writerPort] };
    },
  });
}

export function poolOptions(
  { embedder, analyzer }: Models,
  log: IndexLog,
): Pick<IndexPoolOptions, 'analyzer' | 'model' | 'dimension' | 'log'> {
  const { model, dimension } = embedder;
  return { analyzer: analyzer.version, model, dimension, log };
}

export function indexLog(log: Logger): IndexLog {
  return (level, message, details) => log[level](details ?? {}, message);
}

/** Names a namespace between threads. */
export const searcherKey = {
  write: (tenant: TenantId, namespaceNo: number): string => `${namespaceNo}/${tenant}`,
  read(key: string): { tenant: TenantId; namespaceNo: number } {
    const at = key.indexOf('/');
    return { namespaceNo: Number(key.slice(0, at)), tenant: key.slice(at + 1) as TenantId };
  },
};

/** The source of a key that {@link searcherKey} wrote. */
export function sourceOfKey(records: RecordsPort, models: Models, key: string): NamespaceSource {
  const { tenant, namespaceNo } = searcherKey.read(key);
  return namespaceSource(records, models.analyzer, tenant, namespaceNo);
}
