/** Who follows changes: webhooks with their way out, and event streams. */
import type { Logger } from 'pino';
import type { KeyRing } from './access/key-ring.ts';
import { openPublisher } from './compose-kafka.ts';
import type { Settings } from './config/settings.ts';
import type { Followers } from './engine/deps.ts';
import { ChangeFeed } from './engine/events/change-feed.ts';
import { EventStreams } from './engine/events/event-stream.ts';
import type { EventPublisher } from './engine/publish/event-publisher.ts';
import { Webhooks } from './engine/webhooks/webhooks.ts';
import { presentEvent } from './http/present-event.ts';
import type { Metrics } from './observe/metrics.ts';
import type { Peers } from './peers/peers.ts';
import type { Clock } from './ports/clock.ts';
import type { ControlPort } from './ports/control.ts';
import type { RecordsPort } from './ports/records.ts';
import { createOutgoing } from './providers/outgoing/guarded-post.ts';
import { fairTurns } from './util/fair-turns.ts';

export interface Following {
  readonly feed: ChangeFeed;
  readonly webhooks: Webhooks;
  readonly streams: EventStreams;
  /** Undefined where nothing is published. */
  readonly publisher: EventPublisher | undefined;
  /** All who are told of what is no change of a memory. */
  readonly followers: Followers;
}

interface FollowingParts {
  readonly settings: Settings;
  readonly records: RecordsPort;
  readonly control: ControlPort;
  readonly ring: Pick<KeyRing, 'requireStill'>;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly version: string;
  readonly peers: Pick<Peers, 'settle' | 'noteMoved' | 'inTurn'>;
}

export async function openFollowing(parts: FollowingParts): Promise<Following> {
  const { settings, records, control, ring, clock, log, metrics, version, peers } = parts;
  const feed = new ChangeFeed();
  feed.shareWith((tenant, { namespaceNo }) => peers.noteMoved({ tenant, namespaceNo }));
  const webhooks = await Webhooks.open({
    ...{ records, control, clock, feed, present: presentEvent },
    outgoing: createOutgoing({ privateTargets: settings.outgoingPrivate }),
    requireKey: (webhook) => ring.requireStill(webhook),
    userAgent: `Reverie/${version}`,
    isSending: settings.webhooks === 'send',
    random: Math.random,
    turn: (tenant) => fairTurns.enter(tenant),
    settle: () => peers.settle(),
    inTurn: peers.inTurn,
    onAttempt: (outcome) => metrics.delivery(outcome),
    warn: (message, details) => log.warn(details, message),
  });
  // Streams stay open for long: others must find a place beside them.
  const streamsMax = Math.max(1, Math.floor(settings.maxRequests / 2));
  const onFault = (err: unknown) => log.error({ err }, 'an event stream broke');
  const publisher = await openPublisher({
    ...{ settings, records, control, clock, feed },
    turn: (who) => fairTurns.enter(who),
    log: (level, message, details) => log[level](details, message),
  });
  return {
    ...{ feed, webhooks, publisher },
    followers: publisher ? bothOf(webhooks, publisher) : webhooks,
    streams: new EventStreams({ records, feed, streamsMax, onFault }),
  };
}

const bothOf = (one: Followers, other: Followers): Followers => ({
  async beforeNamespace(...place) {
    await one.beforeNamespace(...place);
    await other.beforeNamespace(...place);
  },
  async afterNamespace(...place) {
    await one.afterNamespace(...place);
    await other.afterNamespace(...place);
  },
  async dreamTold(...told) {
    await one.dreamTold(...told);
    await other.dreamTold(...told);
  },
});
