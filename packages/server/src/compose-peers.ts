/** What a server does with what it hears of the others over the same store. */
import type { Logger } from 'pino';
import type { AccessParts } from './access/open-access.ts';
import type { OpenEngine } from './compose-engine.ts';
import type { Following } from './compose-events.ts';
import { generationRegistry } from './engine/embed/generations.ts';
import type { ChangeFeed } from './engine/events/change-feed.ts';
import type { Moved, Peers } from './peers/peers.ts';
import type { RecordsPort } from './ports/records.ts';

interface JoinParts {
  readonly peers: Peers;
  readonly access: Pick<AccessParts, 'reload'>;
  readonly opened: Pick<OpenEngine, 'finishForgets' | 'reloadGenerations'>;
  readonly following: Pick<Following, 'feed' | 'webhooks' | 'publisher'>;
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
    onLost: () => left.look(),
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
  let running: Promise<void> | undefined;
  const look = (): void => {
    running ??= finish().finally(() => {
      running = undefined;
    });
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
  feed: ChangeFeed,
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
