/**
 * Servers over one store. Each knows what the others have changed of the documents that all hold
 * in memory, and one of them does what is to be done once.
 *
 * A server answers from memory for as long after its last look into the store as `peerLeaseMs`, on
 * its own steady clock; then it looks again before it answers. So whoever has changed something
 * waits until the others have told that they know, or for so long that nobody answers without it.
 * These are leases as Gray and Cheriton describe them (SOSP 1989); no clocks are compared.
 */
import { makeId } from '../domain/ids.ts';
import { limits } from '../domain/limits.ts';
import type { TenantId } from '../domain/memory.ts';
import type { Clock } from '../ports/clock.ts';
import type { ControlPort } from '../ports/control.ts';
import { coalesce } from '../util/coalesce.ts';
import { invariant } from '../util/invariant.ts';
import { createMutex } from '../util/mutex.ts';
import { Duty } from './duty.ts';
import { LifeSigns, peerSilentMs } from './life-signs.ts';
import { MovedNamespaces } from './moved-namespaces.ts';
import { SharedTurns } from './shared-turns.ts';

/** A namespace in which something was written. */
export interface Moved {
  readonly tenant: TenantId;
  readonly namespaceNo: number;
}

export interface PeersHooks {
  /** Brings what is held in memory up to date; without keys all of it. */
  readonly reload: (keys: readonly string[] | undefined) => Promise<void>;
  /** Other servers wrote there; undefined: anywhere. */
  readonly onMoved: (moved: readonly Moved[] | undefined) => void;
  /** From now on this server does what is to be done once, or does not any more. */
  readonly onDuty: (isOnDuty: boolean) => Promise<void>;
  /** Servers have ended without a word: what they had begun is for the one on duty to finish. */
  readonly onLost: () => void;
  readonly warn: (message: string, details: object) => void;
}

export interface Peers {
  /** Of this process. */
  readonly id: string;
  /** True where no other process has the store open. */
  readonly isAlone: boolean;
  /** False: what is held in memory must be looked after before anybody is answered. */
  isFresh(): boolean;
  /** Everything that was acknowledged anywhere before the call is known here when it resolves. */
  refresh(): Promise<void>;
  /** After a change of what is held: when it resolves, no server answers without it. */
  settle(): Promise<void>;
  /**
   * Runs the task while no other server runs one of that name, knowing what they have done. Where
   * it took so long that another one has had its turn, what it made is undone; then, or where its
   * turn does not come, this throws store_unavailable.
   */
  readonly inTurn: InTurn;
  /**
   * True for a server that has ended, or was silent for too long while the store could be read:
   * what it had begun is left to the others. It may go on all the same, so what it writes then must
   * be refused by something that is counted or compared. Throws where the store does not answer.
   */
  isGone(id: string): Promise<boolean>;
  /** True on the one server that does what is to be done once. */
  isOnDuty(): boolean;
  /** Told to the other servers with the next beat. */
  noteMoved(moved: Moved): void;
  /** Joins in, and takes the duty where nobody has it. */
  start(hooks: PeersHooks): Promise<void>;
  close(): Promise<void>;
}

export type InTurn = SharedTurns['run'];

export type PeerClock = Pick<Clock, 'now' | 'randomBytes'>;

/** How often a server asks whether the others know; it tells by its own beat. */
const askEveryMs = 50;
/** Whoever has not been seen for so long tells that it is alive before it looks. */
const tellAgainMs = 2 * limits.peerBeatMs;

/** A server that has its store for itself. */
export function createLonelyPeers(clock: PeerClock): Peers {
  const id = makeId('server', clock.now(), clock.randomBytes(10));
  let hooks: PeersHooks | undefined;
  return {
    ...{ id, isAlone: true },
    isFresh: () => true,
    isOnDuty: () => true,
    refresh: async () => {},
    settle: async () => {},
    inTurn: (_, task) => task(),
    isGone: async (other) => other !== id,
    noteMoved: () => {},
    start: async (given) => {
      hooks = given;
      await hooks.onDuty(true);
    },
    close: async () => {
      await hooks?.onDuty(false);
      hooks = undefined;
    },
  };
}

type SharedControl = ControlPort & {
  readonly heldChanges: NonNullable<ControlPort['heldChanges']>;
};

/** `steadyNow`: milliseconds that never jump. Throws store_unavailable. */
export async function openPeers(
  control: ControlPort,
  clock: PeerClock,
  steadyNow: () => number = () => performance.now(),
): Promise<Peers> {
  return isShared(control)
    ? BeatingPeers.open(control, clock, steadyNow)
    : createLonelyPeers(clock);
}

/** For a command beside running servers: none of them answers without what it has just changed. */
export async function settleChange(control: ControlPort, clock: PeerClock): Promise<void> {
  // It takes no part, and is not waited for by others.
  await (await openPeers(control, clock)).settle();
}

const isShared = (control: ControlPort): control is SharedControl =>
  control.heldChanges !== undefined;

class BeatingPeers implements Peers {
  readonly id: string;
  readonly isAlone = false;
  readonly #control: SharedControl;
  readonly #clock: PeerClock;
  readonly #steadyNow: () => number;
  readonly #signs: LifeSigns;
  readonly #duty: Duty;
  readonly #turns: SharedTurns;
  readonly #moved = new MovedNamespaces();
  readonly #catchUp = coalesce(() => this.#readChanges());
  #hooks: PeersHooks | undefined;
  /** Of the newest change that is known here. */
  #mark: number;
  /** When the look into the store began that found nothing unknown; steady. */
  #freshAt: number;
  /** The same by the clock of the wall. */
  #freshWall: number;
  /** When the last sign of life began that is stored; steady. */
  #toldAt = Number.NEGATIVE_INFINITY;
  readonly #telling = createMutex();
  #timer: NodeJS.Timeout | undefined;
  #beating: Promise<void> | undefined;
  #isOnDuty = false;
  #isAway = false;
  #isClosed = false;

  /** The mark of now: what is read into memory after this is at least as new. */
  static async open(
    control: SharedControl,
    clock: PeerClock,
    steadyNow: () => number,
  ): Promise<Peers> {
    const id = makeId('server', clock.now(), clock.randomBytes(10));
    const freshAt = steadyNow();
    const { mark } = await control.heldChanges();
    return new BeatingPeers(control, { clock, steadyNow }, id, { mark, freshAt });
  }

  private constructor(
    control: SharedControl,
    { clock, steadyNow }: { readonly clock: PeerClock; readonly steadyNow: () => number },
    id: string,
    { mark, freshAt }: { readonly mark: number; readonly freshAt: number },
  ) {
    this.#control = control;
    this.#steadyNow = steadyNow;
    this.id = id;
    this.#mark = mark;
    this.#freshAt = freshAt;
    this.#clock = clock;
    this.#freshWall = clock.now();
    this.#signs = new LifeSigns(control, id, steadyNow);
    this.#duty = new Duty(control, id);
    const refresh = () => this.refresh();
    this.#turns = new SharedTurns({ control, id, steadyNow, refresh });
  }

  /** Others must see it alive for as long as it answers from memory: they wait for the living. */
  isFresh(): boolean {
    const since = Math.min(this.#freshAt, this.#toldAt);
    // A machine that was suspended may have a steady clock that stood still.
    const wallMs = this.#clock.now() - this.#freshWall;
    return (
      !this.#isClosed &&
      this.#steadyNow() - since < limits.peerLeaseMs &&
      wallMs < limits.peerLeaseMs
    );
  }

  refresh(): Promise<void> {
    return this.#catchUp();
  }

  async settle(): Promise<void> {
    const startedAt = this.#steadyNow();
    const isOver = () => this.#steadyNow() - startedAt > peerSilentMs;
    while (!isOver()) {
      try {
        await this.#catchUp();
        const mark = this.#mark;
        // It begins with what this server knows itself, so that a lonely one does not wait.
        while (!isOver()) {
          if ((await this.#signs.read()).every((sign) => sign.mark >= mark)) return;
          await pause(askEveryMs);
        }
      } catch {
        // The change itself is stored. Without the store nobody is answered for much longer.
        await pause(askEveryMs);
      }
    }
  }

  inTurn: InTurn = (...asked) => this.#turns.run(...asked);

  async isGone(id: string): Promise<boolean> {
    return id !== this.id && this.#signs.isGone(id);
  }

  isOnDuty(): boolean {
    return this.#isOnDuty && this.isFresh();
  }

  noteMoved(moved: Moved): void {
    this.#moved.note(moved);
  }

  async start(hooks: PeersHooks): Promise<void> {
    this.#hooks = hooks;
    await this.#beat();
    this.#schedule();
  }

  async close(): Promise<void> {
    // From here on it answers nobody, and may be taken from the list.
    this.#isClosed = true;
    clearTimeout(this.#timer);
    await this.#beating;
    await this.#setDuty(false);
    try {
      await this.#duty.give();
      await this.#signs.remove();
    } catch {
      // The others find out by its silence.
    }
  }

  #schedule(): void {
    if (this.#isClosed) return;
    this.#timer = setTimeout(() => {
      this.#beating = this.#beatOrTell().finally(() => this.#schedule());
    }, limits.peerBeatMs).unref();
  }

  async #beatOrTell(): Promise<void> {
    try {
      await this.#beat();
      if (this.#isAway) this.#hooks?.warn('the store answers again', {});
      this.#isAway = false;
    } catch (err) {
      const message = 'the store does not answer: what other servers change is not known here';
      if (!this.#isAway) this.#hooks?.warn(message, { err });
      this.#isAway = true;
      if (!this.isFresh()) await this.#setDuty(false);
    }
  }

  async #beat(): Promise<void> {
    const hooks = this.#started;
    await this.#catchUp();
    await this.#tell();
    const signs = await this.#signs.read();
    const news = this.#moved.readFrom(signs);
    if (news === undefined || news.length > 0) hooks.onMoved(news);
    const isOnDuty = await this.#duty.take((id) => id === this.id || this.#signs.isAlive(id));
    await this.#setDuty(isOnDuty);
    if (isOnDuty && (await this.#signs.removeLost())) hooks.onLost();
  }

  async #readChanges(): Promise<void> {
    // First it is seen to be alive, with what it knew: then nobody overlooks it.
    if (this.#hooks && this.#steadyNow() - this.#toldAt > tellAgainMs) await this.#tell();
    const startedAt = this.#steadyNow();
    const startedWall = this.#clock.now();
    const { mark, keys } = await this.#control.heldChanges(this.#mark);
    if (keys === undefined || keys.length > 0) await this.#hooks?.reload(keys);
    // Before it has started nothing is held that could be older than the mark of its opening.
    if (this.#hooks === undefined) return;
    this.#mark = mark;
    this.#freshAt = startedAt;
    this.#freshWall = startedWall;
  }

  /** What it knows, and that it is alive. */
  #tell(): Promise<void> {
    return this.#telling.run(async () => {
      const startedAt = this.#steadyNow();
      await this.#signs.write({ mark: this.#mark, moved: this.#moved.next() });
      this.#toldAt = startedAt;
    });
  }

  async #setDuty(isOnDuty: boolean): Promise<void> {
    if (isOnDuty === this.#isOnDuty) return;
    // What could not begin is tried again with the next beat.
    if (isOnDuty) await this.#begin();
    this.#isOnDuty = isOnDuty;
    if (!isOnDuty) await this.#started.onDuty(false);
  }

  async #begin(): Promise<void> {
    try {
      await this.#started.onDuty(true);
    } catch (error) {
      // What has begun of it must not go on beside another server.
      await this.#started.onDuty(false);
      throw error;
    }
  }

  get #started(): PeersHooks {
    invariant(this.#hooks, 'peers are started first');
    return this.#hooks;
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
