/** The index of one namespace: loaded on first use, caught up before every answer. */
import type { IndexState } from '../ports/records.ts';
import { coalesce } from '../util/coalesce.ts';
import { fairTurns } from '../util/fair-turns.ts';
import { createMutex } from '../util/mutex.ts';
import { createTurns } from '../util/turns.ts';
import { Corpus } from './corpus.ts';
import { EligibleCache } from './eligible-cache.ts';
import { followChanges, type Position, stepsTo } from './follow-changes.ts';
import type { IndexSettings, NamespaceSource } from './index-settings.ts';
import { listCorpus } from './list-corpus.ts';
import { loadImage } from './load-image.ts';
import { hasFullParts, movableParts, moveConfirmed, noteFullParts } from './move-out.ts';
import { saveImage } from './save-image.ts';
import { type SearchContext, searchCorpus } from './search-corpus.ts';
import { searchOutside } from './search-outside.ts';
import type { SearchScratch } from './search-scratch.ts';
import type { SlabPool } from './slab-pool.ts';
import { tidyCorpus } from './tidy-corpus.ts';
import type {
  IndexCandidates,
  IndexListQuery,
  IndexQuery,
  NamespaceSearcher,
  SeenState,
} from './types.ts';

/** What the indexes of one thread share. */
export interface IndexShared {
  readonly settings: IndexSettings;
  readonly pool: SlabPool;
  readonly scratch: SearchScratch;
}

/** A flush tries so often when erasures keep coming in between. */
const flushAttempts = 3;
/** How often searches of what has not changed look for vectors that may leave. */
const askOutsideEveryMs = 1_000;

export class NamespaceIndex implements NamespaceSearcher {
  readonly #shared: IndexShared;
  readonly #source: NamespaceSource;
  readonly #mutex = createMutex();
  readonly #catchUp = coalesce(() => this.#mutex.run(() => this.#advance()));
  readonly #save = createMutex();
  #corpus: Corpus;
  #cache: EligibleCache;
  #position: Position = { seq: 0, arrivals: 0 };
  /** Where it last stood with nothing of a commit missing. */
  #caughtUp: Position = { seq: 0, arrivals: 0 };
  #epoch = -1;
  /** Steps to the stored image, and to the last attempt to save one. */
  #savedSteps = 0;
  #attemptSteps = 0;
  #saving = false;
  /** Vectors were moved out, and are still in the stored image. */
  #isSlimmer = false;
  /** When it was last asked only for what could move out. */
  #askedOutsideAt = Number.NEGATIVE_INFINITY;
  /** The latest time that a query came with: what is expired for a question without a time. */
  #now = 0;

  constructor(shared: IndexShared, source: NamespaceSource) {
    this.#shared = shared;
    this.#source = source;
    this.#corpus = this.#newCorpus();
    this.#cache = new EligibleCache(this.#corpus);
  }

  async search(query: IndexQuery): Promise<IndexCandidates> {
    await this.catchUp(query.seen);
    this.#now = Math.max(this.#now, query.now);
    const source = this.#source;
    const { outside } = source;
    const { vector } = query;
    const { search, seq } = await this.#context();
    // From here on without a pause: a part may move out at any time.
    if (!outside || vector === null || !search.corpus.isOutside) {
      return searchCorpus(search, query, seq);
    }
    const asked = { source, outside, query: { ...query, vector } };
    return searchOutside({ ...asked, context: () => this.#context() });
  }

  /** When it is the tenant's turn. */
  async #context(): Promise<{ search: SearchContext; seq: number }> {
    const { settings, pool, scratch } = this.#shared;
    await fairTurns.enter(this.#source.tenant);
    const search = { corpus: this.#corpus, cache: this.#cache, pool, scratch };
    return { search: { ...search, bm25: settings.bm25 }, seq: this.#position.seq };
  }

  async list(query: IndexListQuery): Promise<number[]> {
    await this.catchUp();
    this.#now = Math.max(this.#now, query.now);
    await fairTurns.enter(this.#source.tenant);
    return listCorpus(this.#corpus, this.#cache, query);
  }

  async languages(seen?: SeenState): Promise<readonly string[]> {
    await this.catchUp(seen);
    return this.#cache.get({}, this.#now).languages;
  }

  /** Every change that was committed before the call is in when it resolves, or what was seen. */
  async catchUp(seen?: SeenState): Promise<void> {
    if (seen && this.#isAsFarAs(seen) && !this.#isToMoveOut()) return;
    await this.#catchUp();
    // A save that failed is not tried again by the very next search.
    const since = stepsTo(this.#position) - Math.max(this.#savedSteps, this.#attemptSteps);
    if (since >= this.#shared.settings.saveEvery) this.#saveSoon();
  }

  #isAsFarAs({ epoch, seq, arrivals }: SeenState): boolean {
    const { seq: ownSeq, arrivals: ownArrivals } = this.#caughtUp;
    return this.#epoch === epoch && ownSeq >= seq && ownArrivals >= arrivals;
  }

  /** Nothing that changes here tells when another system has them: a search asks now and then. */
  #isToMoveOut(): boolean {
    const now = performance.now();
    if (!this.#source.outside || now - this.#askedOutsideAt < askOutsideEveryMs) return false;
    if (!hasFullParts(this.#corpus)) return false;
    this.#askedOutsideAt = now;
    return true;
  }

  /** Saves what storage lacks. Resolves when it is stored, or when there was nothing to do. */
  async flush(): Promise<void> {
    for (let attempt = 0; attempt < flushAttempts; attempt += 1) {
      if (await this.#save.run(() => this.#saveNow())) return;
      await this.#catchUp();
    }
    this.#shared.settings.log('warn', 'An index image was not saved: erasures came in between.');
  }

  /** Passages in memory, dead ones included. */
  get passages(): number {
    return this.#corpus.passages;
  }

  get bytes(): number {
    return this.#corpus.bytes + this.#cache.bytes;
  }

  /** Frees the memory. The index must not be used afterwards. */
  dispose(): void {
    this.#corpus.dispose();
  }

  async #advance(): Promise<void> {
    const state = await this.#source.records.state();
    const turns = createTurns(this.#source.tenant);
    if (this.#source.outside) noteFullParts(this.#corpus, state);
    if (state.epoch !== this.#epoch || state.seq < this.#position.seq) await this.#load(state);
    const isWhole = await followChanges(this.#corpus, this.#source, this.#position, state, turns);
    if (isWhole) {
      this.#caughtUp = { ...this.#position };
      return this.#moveOut();
    }
    this.#shared.settings.log('warn', 'Changes are missing; the index is built again.');
    await this.#source.records.drop();
    await this.#load(state);
    await followChanges(this.#corpus, this.#source, this.#position, state, turns);
    this.#caughtUp = { ...this.#position };
  }

  /** Frees the vectors that another system has by now. */
  async #moveOut(): Promise<void> {
    const { outside } = this.#source;
    const full = outside ? movableParts(this.#corpus) : [];
    if (full.length === 0) return;
    const confirmed = await outside?.confirmed(this.#epoch);
    if (confirmed && moveConfirmed(full, confirmed)) this.#isSlimmer = true;
  }

  /** Searches go on with the old corpus until the new one is complete. */
  async #load(state: IndexState): Promise<void> {
    const { log } = this.#shared.settings;
    const corpus = this.#newCorpus();
    let position: Position;
    try {
      const turns = createTurns(this.#source.tenant);
      const loaded = await loadImage(corpus, this.#source, state, log, turns);
      position = { ...loaded.position };
      this.#savedSteps = loaded.savedSteps;
      this.#attemptSteps = loaded.savedSteps;
    } catch (error) {
      corpus.dispose();
      throw error;
    }
    this.#corpus.dispose();
    this.#corpus = corpus;
    this.#cache = new EligibleCache(corpus);
    this.#position = position;
    this.#epoch = state.epoch;
  }

  #newCorpus(): Corpus {
    const { generation, dimension, outside } = this.#source;
    const place = { generation, dimension, mayLackVectors: outside !== undefined };
    return new Corpus({ ...this.#shared.settings, ...place }, this.#shared.pool);
  }

  #saveSoon(): void {
    if (this.#saving) return;
    this.#saving = true;
    this.#save
      .run(() => this.#saveNow())
      .catch((error: unknown) => {
        const reason = error instanceof Error ? error.message : String(error);
        this.#shared.settings.log('warn', 'An index image could not be saved.', { reason });
      })
      .finally(() => {
        this.#saving = false;
      });
  }

  /** False when an erasure came in between. */
  async #saveNow(): Promise<boolean> {
    const corpus = this.#corpus;
    const isStored = this.#savedSteps >= stepsTo(this.#position) && !this.#isSlimmer;
    if (this.#epoch < 0 || isStored) return true;
    await tidyCorpus(corpus, this.#source, this.#mutex);
    if (corpus.disposed) return true;
    const at = { epoch: this.#epoch, ...this.#position };
    this.#attemptSteps = stepsTo(at);
    const saved = await saveImage(corpus, this.#source, at, createTurns(this.#source.tenant));
    // A corpus that was replaced meanwhile says nothing of the one that replaced it.
    if (corpus !== this.#corpus || corpus.disposed) return true;
    if (saved) this.#savedSteps = stepsTo(at);
    if (saved) this.#isSlimmer = false;
    return saved;
  }
}
