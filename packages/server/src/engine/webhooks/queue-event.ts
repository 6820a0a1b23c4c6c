/** Puts what is no change of a memory among the deliveries of a webhook. */
import { type DreamEvent, type NamespaceEvent, wantsEvent } from '../../domain/events.ts';
import { limits } from '../../domain/limits.ts';
import { storedEvent } from './delivery.ts';
import type { WaitingRoom } from './waiting-room.ts';
import type { Webhook } from './webhook.ts';

/** True where it waits from now on: once, however often it is told. Durable when it resolves. */
export async function queueEvent(
  room: WaitingRoom,
  webhook: Pick<Webhook, 'events'>,
  event: NamespaceEvent | DreamEvent,
): Promise<boolean> {
  if (!wantsEvent(webhook.events, event.type) || room.find(event.id)) return false;
  const isFull = room.waitingCount >= limits.webhookDeadMax;
  const state = isFull ? ('dead' as const) : ('waiting' as const);
  await room.put({ event: storedEvent(event), state, attempts: 0, nextAt: event.at });
  return true;
}
