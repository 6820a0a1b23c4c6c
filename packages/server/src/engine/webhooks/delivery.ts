/** One event on its way to one webhook: ids only, content is read when it is sent. */
import type { NamespaceEvent, ToldEvent } from '../../domain/events.ts';
import type { OutgoingFault } from '../../ports/outgoing.ts';

type Unnamed<Event> = Event extends unknown ? Omit<Event, 'namespace'> : never;

/**
 * A name of a namespace must not outlive it: it is looked up by the number. That it is gone can be
 * told only by its name, which is kept until then.
 */
export type StoredEvent = Unnamed<Exclude<ToldEvent, NamespaceEvent>> | NamespaceEvent;
/** Of a log, which stays: without any name. */
export type LoggedEvent = Unnamed<ToldEvent>;

/** What became of one attempt; `ms`: how long it took. */
export interface Attempt {
  readonly at: number;
  readonly ms: number;
  readonly status?: number;
  readonly fault?: OutgoingFault;
}

export interface Delivery {
  readonly event: StoredEvent;
  /** `dead`: given up; it goes on when somebody asks for it. */
  readonly state: 'waiting' | 'dead';
  readonly attempts: number;
  /** Not before. */
  readonly nextAt: number;
  readonly last?: Attempt;
}

/** A line of the log. */
export interface LoggedAttempt extends Attempt {
  readonly event: LoggedEvent;
  /** Counts from 1. */
  readonly attempt: number;
}

export const isArrived = ({ status = 0 }: Pick<Attempt, 'status'>): boolean =>
  status >= 200 && status < 300;

/** Before the second attempt, the third, ...: about a day and a half in all, then it is dead. */
const pausesMs = [5_000, 30_000, 120_000, 900_000, 3_600_000, 21_600_000, 86_400_000];
/** With full jitter a pause may come out as nothing at all. */
const pauseMsMin = 500;

/**
 * Undefined when it has been tried often enough. Full jitter: those that failed together do not
 * come back together.
 */
export function pauseAfter(attempts: number, random: number): number | undefined {
  const most = pausesMs[attempts - 1];
  return most === undefined ? undefined : Math.max(pauseMsMin, Math.round(most * random));
}

export function storedEvent(event: ToldEvent): StoredEvent {
  if (!('memoryId' in event) && !('dream' in event)) return event;
  const { namespace: _, ...stored } = event;
  return stored;
}

export function loggedEvent(event: StoredEvent): LoggedEvent {
  if (!('namespace' in event)) return event;
  const { namespace: _, ...logged } = event;
  return logged;
}
