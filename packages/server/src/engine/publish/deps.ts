/** What publishing events needs; made once by the composition root. */
import type { DreamEvent, MemoryEvent, NamespaceEvent } from '../../domain/events.ts';
import type { TenantId } from '../../domain/memory.ts';
import type { Clock } from '../../ports/clock.ts';
import type { ControlPort } from '../../ports/control.ts';
import type { EventTopicPort } from '../../ports/event-topic.ts';
import type { RecordsPort } from '../../ports/records.ts';
import type { ChangeFeed } from '../events/change-feed.ts';

type Unnamed<Event> = Event extends unknown ? Omit<Event, 'namespace'> : never;

/** Names of namespaces may be somebody's: they are not published. */
export type PublishedEvent = Unnamed<MemoryEvent | NamespaceEvent | DreamEvent>;

export interface PublishDeps {
  readonly records: RecordsPort;
  readonly control: ControlPort;
  readonly clock: Clock;
  readonly feed: ChangeFeed;
  readonly topic: EventTopicPort;
  /** An event in the form of the wire. */
  readonly present: (event: PublishedEvent, tenant: TenantId) => object;
  /** Resolves when it is the turn of a tenant, or of the server itself; undefined: now. */
  readonly turn: (who: string) => Promise<void> | undefined;
  /** For an operator; never content. */
  readonly log: (level: 'info' | 'warn', message: string, details: object) => void;
}
