/** What a server does with what it hears of the others over the same store. */
import type { Logger } from 'pino';
import type { AccessParts } from './access/open-access.ts';
import type { OpenEngine } from './compose-engine.ts';
import type { Dreams } from './engine/dream/dreams.ts';
import { generationRegistry } from './engine/embed/generations.ts';
import type { ChangeFeed } from './engine/events/change-feed.ts';
import type { EventPublisher } from './engine/publish/event-publisher.ts';
import type { Webhooks } from './engine/webhooks/webhooks.ts';
import type { Moved, Peers } from './peers/peers.ts';
import type { RecordsPort } from './ports/records.ts';
import { coalesce } from './util/coalesce.ts';

interface JoinParts {
  readonly peers: Peers;
  readonly access: Pick<AccessParts, 'reload'>;
  readonly opened: Pick<OpenEngine, 'finishForgets' | 'reloadGenerations'> & {
    readonly engine: { readonly dreams: Pick<Dreams, 'watch'> };
  };
  readonly following: {
    readonly feed: Pick<ChangeFeed, 'isFollowed' | 'tellAll' | 'tellOf'>;
    readonly webhooks: Pick<Webhooks, 'reload' | 'start' | 'stop'>;
    readonly publisher?: Pick<EventPublisher, 'start' | 'stop'> | undefined;
  };
  readonly records: RecordsPort;
  readonly log: Logger;
}

/** From now on it takes part, and does what is to be done once where nobody else does. */
export async function joinPeers(parts: JoinParts): Promise<void> {
  const { peers, access, opened, following, records, log } = parts;
  const { feed, webhooks, publisher } = following;
  const left = createForgetWatch(() => opened.finishForgets());
  await peers.start({
    reload: async (keys) => {
      await access.reload(keys);
      await webhooks.reload(keys);
      if (keys?.includes(generationRegistry.key) ?? true) await opened.reloadGenerations();
    },
    onMoved: (moved) => {
      if (moved === undefined) feed.tellAll();
      else tellOf(feed, records, moved).catch(() => feed.tellAll());
    },
    onDuty: async (isOnDuty) => {
      if (!isOnDuty) {
        await left.stop();
        await webhooks.stop();
        await publisher?.stop();
        return;
      }
      if (!peers.isAlone) {
        log.info({ server: peers.id }, 'this server sends webhooks and fires schedules now');
        left.start();
      }
      await webhooks.start();
      publisher?.start();
    },
    onLost: () => {
      left.look();
      void opened.engine.dreams.watch();
    },
    warn: (message, details) => log.warn(details, message),
  });
}

const lookAgainMs = 60_000;

/**
 * Ends forgets that servers have left, beside the beats: there may be many. What could not be ended
 * is tried again.
 */
function createForgetWatch(finish: () => Promise<void>) {
  let timer: NodeJS.Timeout | undefined;
  let running = Promise.resolve();
  // Another one may be lost while what an earlier one has left is ended.
  const run = coalesce(finish);
  const look = (): void => {
    running = run();
  };
  return {
    look,
    start: () => {
      timer = setInterval(look, lookAgainMs).unref();
      look();
    },
    stop: async () => {
      clearInterval(timer);
      await running;
    },
  };
}

/** Names are looked up only where somebody follows. */
async function tellOf(
  feed: JoinParts['following']['feed'],
  records: RecordsPort,
  moved: readonly Moved[],
): Promise<void> {
  for (const { tenant, namespaceNo } of moved) {
    if (!feed.isFollowed(tenant)) continue;
    const namespace = await records.open(tenant).nameOf(namespaceNo);
    // Of one that is gone every stream has to look for itself.
    if (namespace === undefined) feed.tellAll();
    else feed.tellOf(tenant, { namespace, namespaceNo, changes: 0 });
  }
}
