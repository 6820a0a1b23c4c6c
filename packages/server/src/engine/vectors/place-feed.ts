/** Brings the vectors of one namespace and generation, batch by batch, and notes how far it is. */
import { decodeVectors } from '../../index/vectors-codec.ts';
import type { IndexRecords, IndexState } from '../../ports/records.ts';
import type { MemoryVectors, VectorPlace } from '../../ports/vector-index.ts';
import { createMutex } from '../../util/mutex.ts';
import { decodeRanges, encodeRanges } from '../../util/number-ranges.ts';
import {
  joinLate,
  nobody,
  readFeed,
  type StoredFeed,
  type VectorFeedState,
  writeFeed,
} from './feed-document.ts';
import { forgetLeft, isSameSystem, noteLeft } from './left-systems.ts';
import type { VectorFeedOptions } from './vector-feed.ts';

/** Rows that are put between two notes of how far it is. */
const rowsPerStep = 1_000;
/** Rows of one put. */
const rowsPerPut = 250;
/** How long nobody else works at a place whose holder is silent. */
const holdMs = 10_000;
/** A holder says so again when less than this is left. */
const holdAgainMs = 5_000;
/** After so many rows the system may want to build something. */
const settleAfterRows = 2_000;

type PlaceFeedOptions = Pick<
  VectorFeedOptions,
  'records' | 'control' | 'index' | 'system' | 'lateMs' | 'clock' | 'log'
>;

/**
 * Nothing is put by whoever does not hold the place, and who holds it says so before. Still a
 * process may be stopped between that and its call, or be given up by the system too late: a call
 * that comes after others have gone on. So whoever takes a place over from one that fell silent
 * notes the rows of which that may be true, and so does the late one itself; they are brought once
 * more, as the records have them then, when no such call can come any more. Until then nothing
 * that was forgotten counts as gone from the system.
 */
export class PlaceFeed {
  /** Everything was there when it was last looked at. */
  isComplete = false;
  /** Changes that were not there then. */
  behind = 0;
  /** A call was given up, and may be carried out all the same. */
  isUnsure = false;
  readonly #options: PlaceFeedOptions;
  readonly #place: VectorPlace;
  readonly #dimension: number;
  /** Of this process. */
  readonly #id: string;
  readonly #rows: IndexRecords;
  readonly #mutex = createMutex();
  /** Of the system that was prepared. */
  #preparedAs: string | undefined;
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
    if (this.isComplete && known && this.#isDone(known, state)) return this.#settle(identity);
    const isHeld = known !== undefined && known.holder.id !== this.#id;
    if (isHeld && known.holder.until > clock.now()) return false;
    await this.#prepare(identity);
    if (!stored) return this.#begin(state, identity, undefined);
    const held = await this.#hold(state, stored);
    if (!held) return true;
    if (isOther) return this.#begin(state, identity, held);
    if (held.state.phase === 'drop') return this.#drop(state, held);
    if (held.state.phase === 'fill') return this.#fill(state, held);
    return this.#isLate(held.state) ? this.#again(state, held) : this.#follow(state, held);
  }

  /** The same system may be known by another address. */
  #isDone(known: VectorFeedState, state: IndexState): boolean {
    const isNamed = known.system === this.#options.system;
    return isNamed && isUpToDate(known, state) && !this.#isLate(known);
  }

  #isLate({ late }: VectorFeedState): boolean {
    return late !== undefined && late.at <= this.#options.clock.now();
  }

  /** Undefined where somebody else was faster. */
  async #hold(state: IndexState, stored: StoredFeed): Promise<StoredFeed | undefined> {
    const { clock, lateMs } = this.#options;
    const { state: known } = stored;
    const isOwn = known.holder.id === this.#id;
    const isTaken = !isOwn && known.holder.id !== nobody.id;
    if (!isTaken && !this.isUnsure) return this.#renew(stored);
    // Whoever was at it worked from what is stored now, so this is all that it may have had.
    const ordinals = await this.#underWay(state, known);
    const late = joinLate(known.late, ordinals, clock.now() + lateMs);
    const held = await this.#write(stored, { ...known, late });
    if (held) this.isUnsure = false;
    return held;
  }

  /** Says again that it is held, where that is not true for long any more. */
  async #renew(stored: StoredFeed): Promise<StoredFeed | undefined> {
    const { holder } = stored.state;
    const isFresh =
      holder.id === this.#id && holder.until - this.#options.clock.now() > holdAgainMs;
    return isFresh ? stored : this.#write(stored, stored.state);
  }

  /** The rows of the step that follows what is known. */
  async #underWay(state: IndexState, known: VectorFeedState): Promise<number[]> {
    const last = state.nextOrdinal - 1;
    if (known.phase === 'drop') return range(1, last);
    if (known.phase === 'fill') {
      return range(known.filled + 1, Math.min(known.filled + rowsPerStep, last));
    }
    const { changes, arrived, isBroken } = await this.#news(state, known);
    return isBroken ? range(1, last) : ordinalsOf(changes, arrived);
  }

  /** Nothing that is there now can be relied on. */
  async #begin(
    state: IndexState,
    identity: string,
    stored: StoredFeed | undefined,
  ): Promise<boolean> {
    const { control, system } = this.#options;
    const { epoch, seq, arrivals } = state;
    const { tenant } = this.#place;
    const known = stored?.state;
    const left = known && !isSameSystem(known, { system, identity }) ? known : undefined;
    if (left) await noteLeft(control, this.#place, left);
    const late = known?.late && { late: known.late };
    const fresh = { tenant, identity, system, epoch, phase: 'drop', filled: 0 } as const;
    const { version = 0 } = stored ?? {};
    const next = { ...fresh, seq, arrivals, holder: this.#holder(), ...late };
    const written = await writeFeed(control, this.#place, next, version);
    // Who followed there until now may have taken the first note for an old one.
    if (written && left) await noteLeft(control, this.#place, left);
    return true;
  }

  async #drop(state: IndexState, held: StoredFeed): Promise<boolean> {
    const { control, index, log } = this.#options;
    await this.#call(() => index.drop(this.#place));
    await forgetLeft(control, this.#place, held.state);
    // Rows are read after this moment: what changes from here on is in the log behind it.
    const { seq, arrivals, nextOrdinal } = state;
    const { namespaceNo } = this.#place;
    const next = { ...held.state, phase: 'fill', filled: 0, seq, arrivals } as const;
    if (await this.#write(held, next)) {
      const details = { name: index.name, namespaceNo };
      log('info', 'The vectors of a namespace move out.', details);
    } else await this.#bringAgain(range(1, nextOrdinal - 1));
    return true;
  }

  async #fill(state: IndexState, held: StoredFeed): Promise<boolean> {
    const { index, log } = this.#options;
    const { filled } = held.state;
    const last = Math.min(filled + rowsPerStep, state.nextOrdinal - 1);
    const ordinals = range(filled + 1, last);
    const still = await this.#apply(held, ordinals, true);
    if (!still) return true;
    const isLast = last === state.nextOrdinal - 1;
    if (isLast) await index.settle(this.#place);
    const next = { ...still.state, filled: last, phase: isLast ? 'follow' : 'fill' } as const;
    const isDone = isLast && isUpToDate(next, state);
    if (!(await this.#write(still, next, isDone))) await this.#bringAgain(ordinals);
    else if (isLast) {
      const details = { name: index.name, namespaceNo: this.#place.namespaceNo };
      log('info', 'The vectors of a namespace are searched elsewhere.', details);
    }
    return true;
  }

  async #follow(state: IndexState, held: StoredFeed): Promise<boolean> {
    const { changes, arrived, isBroken } = await this.#news(state, held.state);
    if (isBroken) return this.#begin(state, held.state.identity, held);
    const ordinals = ordinalsOf(changes, arrived);
    const still = await this.#apply(held, ordinals, false);
    if (!still) return true;
    const known = still.state;
    const lastArrival = arrived.at(-1)?.arrival ?? known.arrivals;
    const next = {
      ...known,
      system: this.#options.system,
      seq: changes.at(-1)?.seq ?? known.seq,
      // Other generations have the numbers in between.
      arrivals: arrived.length < rowsPerStep ? Math.max(lastArrival, state.arrivals) : lastArrival,
    };
    const isDone = isUpToDate(next, state);
    // Somebody else was at work: what was put may have been older than what that one put.
    if (!(await this.#write(still, next, isDone))) await this.#bringAgain(ordinals);
    this.#unsettled += ordinals.length;
    return true;
  }

  /** Rows that a late call may have changed, as the records have them now. */
  async #again(state: IndexState, held: StoredFeed): Promise<boolean> {
    const all = decodeRanges(held.state.late?.ordinals ?? '');
    const ordinals = all.slice(0, rowsPerStep);
    const still = await this.#apply(held, ordinals, false);
    if (!still) return true;
    const { late, ...known } = still.state;
    const rest = encodeRanges(all.slice(rowsPerStep));
    const next = rest === '' || !late ? known : { ...known, late: { ...late, ordinals: rest } };
    const isDone = rest === '' && isUpToDate(next, state);
    if (!(await this.#write(still, next, isDone))) await this.#bringAgain(ordinals);
    return true;
  }

  /** What the place does not have yet; `isBroken`: the log does not go on, as after a restore. */
  async #news(state: IndexState, { seq, arrivals }: Pick<VectorFeedState, 'seq' | 'arrivals'>) {
    const changes = await this.#rows.changes(seq, rowsPerStep);
    const arrived = await this.#rows.arrivals(arrivals, rowsPerStep);
    const isBroken = state.seq !== seq && changes[0]?.seq !== seq + 1;
    return { changes, arrived, isBroken };
  }

  async #settle(identity: string): Promise<boolean> {
    if (this.#unsettled < settleAfterRows) return false;
    await this.#prepare(identity);
    await this.#options.index.settle(this.#place);
    this.#unsettled = 0;
    return false;
  }

  async #prepare(identity: string): Promise<void> {
    if (this.#preparedAs === identity) return;
    await this.#options.index.prepare(this.#place.generation, this.#dimension);
    this.#preparedAs = identity;
  }

  /**
   * As the records have the rows now. `isNew`: what has no vector was not there before either.
   * Undefined where somebody else holds the place by now; what was put is noted then.
   */
  async #apply(
    held: StoredFeed,
    ordinals: readonly number[],
    isNew: boolean,
  ): Promise<StoredFeed | undefined> {
    const { index } = this.#options;
    let still = held;
    for (let start = 0; start < ordinals.length; start += rowsPerPut) {
      const batch = ordinals.slice(start, start + rowsPerPut);
      const rows = await this.#rows.vectorsOf(batch);
      const memories = rows.map(({ ordinal, vectors }) => this.#decoded(ordinal, vectors));
      const there = new Set(memories.map(({ ordinal }) => ordinal));
      const gone = batch.filter((ordinal) => !there.has(ordinal));
      const renewed = await this.#renew(still);
      if (!renewed) {
        await this.#bringAgain(ordinals.slice(0, start));
        return undefined;
      }
      still = renewed;
      await this.#call(async () => {
        await index.put(this.#place, memories);
        if (!isNew) await index.remove(this.#place, gone);
      });
    }
    return still;
  }

  /** Where it is given up, nobody knows whether and when the system carries it out. */
  async #call(work: () => Promise<void>): Promise<void> {
    this.isUnsure = true;
    await work();
    this.isUnsure = false;
  }

  /** Others have gone on while these rows were brought: they are to be brought once more. */
  async #bringAgain(ordinals: readonly number[]): Promise<void> {
    const { control, system, clock } = this.#options;
    if (ordinals.length === 0) return;
    for (;;) {
      const stored = await readFeed(control, this.#place);
      const { tenant } = this.#place;
      const gone = { epoch: 0, phase: 'drop', filled: 0, seq: 0, arrivals: 0 } as const;
      // The namespace went meanwhile: with this its place is dropped once more.
      const none = { tenant, identity: '', system, ...gone, holder: nobody };
      const { state, version }: StoredFeed = stored ?? { state: none, version: 0 };
      const late = joinLate(state.late, ordinals, clock.now());
      if (await writeFeed(control, this.#place, { ...state, late }, version)) return;
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

  /** `isDone`: nobody works at it from then on. Undefined where somebody else was faster. */
  #write(
    { version }: StoredFeed,
    state: VectorFeedState,
    isDone = false,
  ): Promise<StoredFeed | undefined> {
    const holder = isDone ? nobody : this.#holder();
    return writeFeed(this.#options.control, this.#place, { ...state, holder }, version);
  }

  #holder(): VectorFeedState['holder'] {
    return { id: this.#id, until: this.#options.clock.now() + holdMs };
  }
}

function isUpToDate(
  known: Pick<VectorFeedState, 'seq' | 'arrivals'>,
  { seq, arrivals }: IndexState,
): boolean {
  return known.seq === seq && known.arrivals === arrivals;
}

function ordinalsOf(...rows: readonly (readonly { readonly ordinal: number }[])[]): number[] {
  const ordinals = new Set(rows.flat().map(({ ordinal }) => ordinal));
  return [...ordinals].sort((a, b) => a - b);
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
