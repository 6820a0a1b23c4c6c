/** What the servers over one store count together, so that a limit holds whichever is asked. */
import type { BucketSize, RateState } from '../domain/rate.ts';

export interface SharedBucket extends BucketSize {
  /** The same on every server. It may name a key or an address: nobody can read it outside. */
  readonly name: string;
}

/** Something that grows up to a limit, and of which each counter says how much is its own. */
export interface SharedSum {
  readonly name: string;
  /** In milliseconds since 1970 UTC; it may be forgotten then. */
  readonly endsAt: number;
  /**
   * What is known without the counters: asked for where they know nothing of it, for the first
   * time or because they have lost it.
   */
  recover(): Promise<KnownShares>;
}

export interface KnownShares {
  /** Of counters that have ended. */
  readonly base: number;
  /** By counter, at most: what each says itself comes before it. */
  readonly shares: Readonly<Record<string, number>>;
}

export interface Asked {
  readonly items: number;
  /** Counted, and never refused. */
  readonly isAlwaysAllowed: boolean;
}

export interface SharedTurn {
  /** Who counts; one process. It asks about a sum once at a time. */
  readonly counter: string;
  /** All that this counter has counted and not given back, before what it asks for now. */
  readonly mine: number;
  readonly limit: number;
  /**
   * What is of other counters at least, as it stands in the store: one that cannot reach these
   * counters says its own there alone. One that they do not know has the sum recovered.
   */
  readonly others: Readonly<Record<string, number>>;
  /**
   * The counters were away since the last turn of this one: others may have counted without them,
   * and the sum is recovered first.
   */
  readonly isReturning: boolean;
  /** In order: each is granted whole, or not at all. None: only what is its own is said. */
  readonly asked: readonly Asked[];
}

export interface Granted {
  /** Of all counters, with what was granted now. */
  readonly total: number;
  /** One for each that was asked. */
  readonly isGranted: readonly boolean[];
}

export interface SharedCounters {
  /** False while they are left alone because they did not answer: each counts by itself then. */
  readonly answers: boolean;
  /** Grows each time that they come back. */
  readonly returns: number;
  /**
   * Takes one out of each bucket in turn, by one clock, until one has none: that is the last of
   * the answer. Undefined when they did not answer: it may have been taken then.
   */
  take(buckets: readonly SharedBucket[]): Promise<readonly RateState[] | undefined>;
  /** Undefined when they did not answer: what was granted is put right by the next turn. */
  grant(sum: SharedSum, turn: SharedTurn): Promise<Granted | undefined>;
  /** Of a counter that ends: what is its own stays counted, under nobody's name. */
  leave(sum: Pick<SharedSum, 'name'>, counter: string, mine: number): Promise<void>;
}
