/** All namespace indexes of one thread: made on first use, given up when memory runs short. */
import { MemoryError } from '../domain/errors.ts';
import { bm25Default } from './bm25.ts';
import type { IndexSettings, NamespaceSource } from './index-settings.ts';
import { type IndexShared, NamespaceIndex } from './namespace-index.ts';
import { partCapacityMax } from './posting-list.ts';
import { SearchScratch } from './search-scratch.ts';
import { createSlabPool } from './slab-pool.ts';
import type { NamespaceSearcher } from './types.ts';
import type { WorkerHost } from './worker-host.ts';
import type { IndexStats } from './worker-messages.ts';

export interface IndexPoolOptions
  extends Pick<IndexSettings, 'analyzer' | 'log'>,
    Partial<Pick<IndexSettings, 'partCapacity' | 'bm25' | 'saveEvery'>> {
  /** Bytes that all indexes together may take before the least recently used ones go. */
  readonly bytesMax: number;
  /** Where large namespaces are searched; without it everything stays in this thread. */
  readonly workers?: WorkerHost;
  /** Passages from which a namespace is large. */
  readonly largeFrom?: number;
}

export interface IndexPool {
  /**
   * The index of a namespace. `key` names it in this store, for workers too. The searcher holds
   * nothing: it may be kept or made again for every request.
   */
  searcher(key: string, source: NamespaceSource): NamespaceSearcher;
  /** Saves an index that is not likely to be asked again, and frees its memory. */
  release(key: string): Promise<void>;
  /** Namespaces in this thread's memory, and the bytes that they take. */
  stats(): IndexStats;
  /** Saves every index and frees its memory. Searches are refused from then on. */
  close(): Promise<void>;
}

/** Up to here a search holds the thread for less than about 2 ms. */
const largeFromDefault = 20_000;
const saveEveryDefault = 128;
/** New indexes wait for room when memory is used up beyond this share. */
const waitShare = 1.1;

interface Entry {
  readonly key: string;
  readonly index: NamespaceIndex;
  users: number;
  bytes: number;
  /** Raised by every use, so that eviction notices one that came while it saved. */
  uses: number;
  /** Out of the pool: freed when its last user is done. */
  retired: boolean;
  moving: boolean;
}

export function createIndexPool(options: IndexPoolOptions): IndexPool {
  return new Pool(options);
}

class Pool implements IndexPool {
  readonly #options: IndexPoolOptions;
  readonly #shared: IndexShared;
  /** The least recently used one is first. */
  readonly #entries = new Map<string, Entry>();
  readonly #remote = new Set<string>();
  #bytes = 0;
  #eviction: Promise<void> | null = null;
  #closed = false;

  constructor(options: IndexPoolOptions) {
    this.#options = options;
    const { analyzer, log, partCapacity, bm25, saveEvery } = options;
    const settings = {
      analyzer,
      log,
      partCapacity: partCapacity ?? partCapacityMax,
      bm25: bm25 ?? bm25Default,
      saveEvery: saveEvery ?? saveEveryDefault,
    };
    const scratch = new SearchScratch();
    this.#shared = { settings, pool: createSlabPool(), scratch };
  }

  searcher(key: string, source: NamespaceSource): NamespaceSearcher {
    const use = <T>(work: (searcher: NamespaceSearcher) => Promise<T>) =>
      this.#use(key, source, work);
    return {
      search: (query) => use((searcher) => searcher.search(query)),
      list: (query) => use((searcher) => searcher.list(query)),
      languages: (seen) => use((searcher) => searcher.languages(seen)),
    };
  }

  stats(): IndexStats {
    return { namespaces: this.#entries.size, bytes: this.#bytes };
  }

  async release(key: string): Promise<void> {
    if (this.#remote.delete(key)) await this.#workers().release(key);
    const entry = this.#entries.get(key);
    if (entry === undefined || entry.moving) return;
    await this.#flush(entry);
    if (!entry.retired) this.#retire(entry);
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#eviction;
    for (const entry of [...this.#entries.values()]) {
      await this.#flush(entry);
      this.#retire(entry);
    }
  }

  async #use<T>(
    key: string,
    source: NamespaceSource,
    work: (searcher: NamespaceSearcher) => Promise<T>,
  ): Promise<T> {
    const entry = await this.#enter(key, source);
    if (entry === null) return work(this.#workers().searcher(key));
    try {
      return await work(entry.index);
    } finally {
      entry.users -= 1;
      this.#settle(entry);
    }
  }

  /** The entry with one more user, or null when a worker has the namespace. */
  async #enter(key: string, source: NamespaceSource): Promise<Entry | null> {
    this.#refuseClosed();
    if (!this.#entries.has(key) && !this.#remote.has(key)) await this.#prepare(key, source);
    this.#refuseClosed();
    if (this.#remote.has(key)) return null;
    const entry = this.#entries.get(key) ?? this.#open(key, source);
    entry.users += 1;
    entry.uses += 1;
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    return entry;
  }

  /** Before a namespace is opened: it may be a worker's, and there must be room. */
  async #prepare(key: string, source: NamespaceSource): Promise<void> {
    const { workers, largeFrom, bytesMax } = this.#options;
    if (workers !== undefined) {
      const { nextOrdinal } = await source.records.state();
      const large = nextOrdinal > (largeFrom ?? largeFromDefault);
      if (large && !this.#entries.has(key)) this.#remote.add(key);
    }
    if (this.#bytes > bytesMax * waitShare) await this.#evict();
  }

  #open(key: string, source: NamespaceSource): Entry {
    const index = new NamespaceIndex(this.#shared, source);
    return { key, index, users: 0, bytes: 0, uses: 0, retired: false, moving: false };
  }

  /** After a use: counts its bytes and looks whether it should go somewhere else. */
  #settle(entry: Entry): void {
    if (entry.retired) {
      if (entry.users === 0) entry.index.dispose();
      return;
    }
    const { bytes } = entry.index;
    this.#bytes += bytes - entry.bytes;
    entry.bytes = bytes;
    const { workers, largeFrom, bytesMax } = this.#options;
    const large = entry.index.passages > (largeFrom ?? largeFromDefault);
    if (workers !== undefined && large && !entry.moving) void this.#move(entry);
    if (this.#bytes > bytesMax) void this.#evict();
  }

  /** One eviction at a time; it ends when there is room or nothing more can go. */
  #evict(): Promise<void> {
    this.#eviction ??= this.#evictIdle().finally(() => {
      this.#eviction = null;
    });
    return this.#eviction;
  }

  async #evictIdle(): Promise<void> {
    for (const entry of [...this.#entries.values()]) {
      if (this.#bytes <= this.#options.bytesMax) return;
      if (entry.users > 0 || entry.moving || entry.retired) continue;
      const { uses } = entry;
      await this.#flush(entry);
      if (entry.users === 0 && entry.uses === uses && !entry.moving) this.#retire(entry);
    }
  }

  /** A worker loads what is saved here; until then the searches go on in this thread. */
  async #move(entry: Entry): Promise<void> {
    entry.moving = true;
    await this.#flush(entry);
    if (entry.retired) return;
    this.#remote.add(entry.key);
    this.#retire(entry);
  }

  #retire(entry: Entry): void {
    entry.retired = true;
    this.#entries.delete(entry.key);
    this.#bytes -= entry.bytes;
    entry.bytes = 0;
    if (entry.users === 0) entry.index.dispose();
  }

  /** An image that cannot be saved costs time later, nothing else. */
  async #flush(entry: Entry): Promise<void> {
    await entry.index.flush().catch((error: unknown) => {
      const reason = error instanceof Error ? error.message : String(error);
      this.#options.log('warn', 'An index image could not be saved.', { reason });
    });
  }

  #workers(): WorkerHost {
    const { workers } = this.#options;
    if (workers === undefined) throw new Error('There are no workers.');
    return workers;
  }

  #refuseClosed(): void {
    if (this.#closed) throw new MemoryError('shutting_down');
  }
}
