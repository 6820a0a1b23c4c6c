/** Brings the vectors of one namespace and generation, batch by batch, and notes how far it is. */
import { decodeVectors } from '../../index/vectors-codec.ts';
import type { IndexRecords, IndexState } from '../../ports/records.ts';
import type { MemoryVectors, VectorPlace } from '../../ports/vector-index.ts';
import { createMutex } from '../../util/mutex.ts';
import { readFeed, type StoredFeed, type VectorFeedState, writeFeed } from './feed-document.ts';
import type { VectorFeedOptions } from './vector-feed.ts';

/** Rows that are put between two notes of how far it is. */
const rowsPerStep = 1_000;
/** Rows of one put. */
const rowsPerPut = 250;
/** How long nobody else works at a place whose holder is silent. */
const holdMs = 10_000;
/** After so many rows the system may want to build something. */
const settleAfterRows = 2_000;

type PlaceFeedOptions = Pick<VectorFeedOptions, 'records' | 'control' | 'index' | 'clock' | 'log'>;

export class PlaceFeed {
  /** Everything was there when it was last looked at. */
  isComplete = false;
  /** Changes that were not there then. */
  behind = 0;
  readonly #options: PlaceFeedOptions;
  readonly #place: VectorPlace;
  readonly #dimension: number;
  /** Of this process. */
  readonly #id: string;
  readonly #rows: IndexRecords;
  readonly #mutex = createMutex();
  #isPrepared = false;
  /** Rows since the system was last asked to settle; the first time it is asked at once. */
  #unsettled = settleAfterRows;

  constructor(options: PlaceFeedOptions, place: VectorPlace, dimension: number, id: string) {
    this.#options = options;
    this.#place = place;
    this.#dimension = dimension;
    this.#id = id;
    const { tenant, namespaceNo, generation } = place;
    this.#rows = options.records.open(tenant).index(namespaceNo, generation);
  }

  /** One batch; true when there may be more to do. Throws where a system does not answer. */
  step(): Promise<boolean> {
    return this.#mutex.run(() => this.#step());
  }

  async #step(): Promise<boolean> {
    const { control, index, clock } = this.#options;
    const state = await this.#rows.state();
    // The namespace is gone, and with it its place before long.
    if (state.epoch === 0) return false;
    const identity = await index.identity();
    const stored = await readFeed(control, this.#place);
    const known = stored?.state;
    const isOther =
      known?.identity !== identity || known.epoch !== state.epoch || known.seq > state.seq;
    this.isComplete = known?.phase === 'follow' && !isOther;
    this.behind = Math.max(0, state.seq - (this.isComplete ? (known?.seq ?? 0) : 0));
    const isDone = known?.seq === state.seq && known.arrivals === state.arrivals;
    if (this.isComplete && isDone) return this.#settle();
    if (known && known.holder.id !== this.#id && known.holder.until > clock.now()) return false;
    await this.#prepare();
    if (!stored || isOther) return this.#begin(state, identity, stored?.version ?? 0);
    if (stored.state.phase === 'drop') return this.#drop(state, stored);
    if (stored.state.phase === 'fill') return this.#fill(state, stored);
    return this.#follow(state, stored);
  }

  /** Nothing that is there now can be relied on. */
  async #begin(state: IndexState, identity: string, version: number): Promise<boolean> {
    const { epoch, seq, arrivals } = state;
    const { tenant } = this.#place;
    const fresh = { tenant, identity, epoch, phase: 'drop', filled: 0, seq, arrivals } as const;
    await this.#write({ ...fresh, holder: this.#holder() }, version);
    return true;
  }

  async #drop(state: IndexState, { state: known, version }: StoredFeed): Promise<boolean> {
    await this.#options.index.drop(this.#place);
    // Rows are read after this moment: what changes from here on is in the log behind it.
    const { seq, arrivals } = state;
    const { namespaceNo } = this.#place;
    const { name } = this.#options.index;
    if (await this.#write({ ...known, phase: 'fill', filled: 0, seq, arrivals }, version)) {
      this.#options.log('info', 'The vectors of a namespace move out.', { name, namespaceNo });
    }
    return true;
  }

  async #fill(state: IndexState, { state: known, version }: StoredFeed): Promise<boolean> {
    const last = Math.min(known.filled + rowsPerStep, state.nextOrdinal - 1);
    const ordinals = range(known.filled + 1, last);
    await this.#apply(ordinals, true);
    const isLast = last === state.nextOrdinal - 1;
    if (isLast) await this.#options.index.settle(this.#place);
    const next = { ...known, filled: last, phase: isLast ? 'follow' : 'fill' } as const;
    if (!(await this.#write(next, version))) await this.#apply(ordinals, false);
    else if (isLast) {
      const { namespaceNo } = this.#place;
      const details = { name: this.#options.index.name, namespaceNo };
      this.#options.log('info', 'The vectors of a namespace are searched elsewhere.', details);
    }
    return true;
  }

  async #follow(state: IndexState, { state: known, version }: StoredFeed): Promise<boolean> {
    const changes = await this.#rows.changes(known.seq, rowsPerStep);
    const arrived = await this.#rows.arrivals(known.arrivals, rowsPerStep);
    if (state.seq > known.seq && changes[0]?.seq !== known.seq + 1) {
      // The log does not go on from where it was left: as after a restore.
      return this.#begin(state, known.identity, version);
    }
    const ordinals = new Set([...changes, ...arrived].map(({ ordinal }) => ordinal));
    const named = [...ordinals].sort((a, b) => a - b);
    await this.#apply(named, false);
    const lastArrival = arrived.at(-1)?.arrival ?? known.arrivals;
    const next = {
      ...known,
      seq: changes.at(-1)?.seq ?? known.seq,
      // Other generations have the numbers in between.
      arrivals: arrived.length < rowsPerStep ? Math.max(lastArrival, state.arrivals) : lastArrival,
    };
    // Somebody else was at work: what was put may have been older than what that one put.
    if (!(await this.#write(next, version))) await this.#apply(named, false);
    this.#unsettled += named.length;
    return true;
  }

  async #settle(): Promise<boolean> {
    if (this.#unsettled < settleAfterRows) return false;
    await this.#prepare();
    await this.#options.index.settle(this.#place);
    this.#unsettled = 0;
    return false;
  }

  async #prepare(): Promise<void> {
    if (this.#isPrepared) return;
    await this.#options.index.prepare(this.#place.generation, this.#dimension);
    this.#isPrepared = true;
  }

  /** As the records have the rows now. `isNew`: what has no vector was not there before either. */
  async #apply(ordinals: readonly number[], isNew: boolean): Promise<void> {
    const { index } = this.#options;
    for (let start = 0; start < ordinals.length; start += rowsPerPut) {
      const batch = ordinals.slice(start, start + rowsPerPut);
      const rows = await this.#rows.vectorsOf(batch);
      const memories = rows.map(({ ordinal, vectors }) => this.#decoded(ordinal, vectors));
      await index.put(this.#place, memories);
      if (isNew) continue;
      const there = new Set(memories.map(({ ordinal }) => ordinal));
      await index.remove(
        this.#place,
        batch.filter((ordinal) => !there.has(ordinal)),
      );
    }
  }

  #decoded(ordinal: number, bytes: Uint8Array): MemoryVectors {
    try {
      const passages = decodeVectors(bytes).map((each) => {
        if (each === null || each.values.length !== this.#dimension) return null;
        return unitOf(each.values);
      });
      return { ordinal, passages };
    } catch {
      // Damaged ones are made again when an index reads them, and arrive anew.
      return { ordinal, passages: [] };
    }
  }

  async #write(state: VectorFeedState, version: number): Promise<boolean> {
    const held = { ...state, holder: this.#holder() };
    return (await writeFeed(this.#options.control, this.#place, held, version)) !== undefined;
  }

  #holder(): VectorFeedState['holder'] {
    return { id: this.#id, until: this.#options.clock.now() + holdMs };
  }
}

function range(first: number, last: number): number[] {
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => first + i);
}

/** Null for one without a direction. */
function unitOf(values: Int8Array): Float32Array | null {
  let sum = 0;
  for (const value of values) sum += value * value;
  if (sum === 0) return null;
  const length = Math.sqrt(sum);
  return Float32Array.from(values, (value) => value / length);
}
