/** GET /v1/events: what happens in a namespace, as server-sent events. */
import { z } from '@hono/zod-openapi';
import { eventPatterns } from '../../domain/events.ts';
import { parseNamespace } from '../../domain/names.ts';
import type { EventStream, StreamItem } from '../../engine/events/event-stream.ts';
import { webhookIncludes } from '../../engine/webhooks/webhook.ts';
import { presentEvent } from '../present-event.ts';
import { defineRoute, type Mountable } from '../route.ts';

export const eventStream = 'text/event-stream';

const events = defineRoute({
  method: 'get',
  path: '/v1/events',
  tag: 'Events',
  needs: 'read',
  summary: 'Follow a namespace as server-sent events',
  description:
    'Each event has an `id`, the cursor: sent back as `Last-Event-ID`, or as `after`, the stream ' +
    'goes on behind it, and none is missing. Without one it begins now; `after=0` begins with ' +
    'the first change. `reset` says that the cursor, or the namespace, is not there any more: ' +
    'read the namespace anew. `end` says why the server ends the stream. An id without data ' +
    'tells the cursor while nothing happens, and keeps the connection open.',
  query: z.strictObject({
    namespace: z.string().optional(),
    types: z.array(z.enum(eventPatterns)).optional().openapi({ description: 'All when absent.' }),
    include: z.array(z.enum(webhookIncludes)).optional().openapi({
      description: '`value`: with value, tags and metadata.',
    }),
    after: z.string().optional(),
  }),
  response: z.string(),
  responseType: eventStream,
  handle: async ({ query, scope, context }, { streams }) => {
    const withValue = query.include?.includes('value') ?? false;
    const stream = await streams.open(scope, {
      namespace: parseNamespace(query.namespace ?? 'default'),
      types: query.types ?? ['*'],
      // What a browser sends when it connects again says more than the address it began with.
      after: context.req.header('last-event-id') || query.after,
    });
    // Proxies must pass each event on at once.
    const headers = { 'Content-Type': eventStream, 'X-Accel-Buffering': 'no' };
    return new Response(bodyOf(stream, withValue), { headers });
  },
});

/** Read at the reader's own pace: what it has not taken is not made. */
function bodyOf({ items, close }: EventStream, withValue: boolean): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  return new ReadableStream({
    async pull(controller) {
      const { value, done } = await items.next();
      if (done) controller.close();
      else controller.enqueue(encoder.encode(lineOf(value, withValue)));
    },
    cancel: close,
  });
}

function lineOf(item: StreamItem, withValue: boolean): string {
  // An id without data: a browser takes note of it, and tells nobody.
  if (item.kind === 'beat') return `id: ${item.cursor}\n\n`;
  if (item.kind === 'end') return `event: end\ndata: ${JSON.stringify({ code: item.code })}\n\n`;
  const { cursor } = item;
  const [name, data] =
    item.kind === 'reset'
      ? ['reset', { reason: item.reason }]
      : [item.event.type, presentEvent(item.event, item.memory, withValue)];
  return `id: ${cursor}\nevent: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
}

export const eventRoutes: readonly Mountable[] = [events];
