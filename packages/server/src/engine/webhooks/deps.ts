/** What sending webhooks needs; made once by the composition root. */
import type { ToldEvent } from '../../domain/events.ts';
import type { Memory, TenantId } from '../../domain/memory.ts';
import type { InTurn } from '../../peers/peers.ts';
import type { Clock } from '../../ports/clock.ts';
import type { ControlPort } from '../../ports/control.ts';
import type { OutgoingPort } from '../../ports/outgoing.ts';
import type { RecordsPort } from '../../ports/records.ts';
import type { ChangeFeed } from '../events/change-feed.ts';

/** What became of an attempt, for the metrics. */
export type DeliveryOutcome = 'delivered' | 'failed' | 'dead';

export interface WebhookDeps {
  readonly records: RecordsPort;
  readonly control: ControlPort;
  readonly clock: Clock;
  readonly feed: ChangeFeed;
  readonly outgoing: OutgoingPort;
  /** Throws when the key of a webhook opens nothing any more, or its tenant is suspended. */
  readonly requireKey: (webhook: { readonly tenant: TenantId; readonly keyId: string }) => void;
  /** An event in the form of the wire; with the memory where its content is sent too. */
  readonly present: (event: ToldEvent, memory: Memory | undefined, withValue: boolean) => object;
  /** Of this server, for receivers. */
  readonly userAgent: string;
  /** False: everything is kept, and nothing is sent. */
  readonly isSending: boolean;
  /** 0 to 1. */
  readonly random: () => number;
  readonly onAttempt: (outcome: DeliveryOutcome) => void;
  /** Resolves when it is a tenant's turn to use the thread; undefined: now. */
  readonly turn: (tenant: TenantId) => Promise<void> | undefined;
  /** Resolves when no server of the store goes on with what a webhook was before. */
  readonly settle: () => Promise<void>;
  /** Counting and making is one thing, whichever servers are asked at once. */
  readonly inTurn: InTurn;
  /** For an operator; never content. */
  readonly warn: (message: string, details: object) => void;
}
