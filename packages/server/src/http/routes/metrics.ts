/** GET /metrics: what the server counts about itself, for Prometheus. */
import { z } from '@hono/zod-openapi';
import { defineRoute, type Mountable } from '../route.ts';

const metricsRoute = defineRoute({
  method: 'get',
  path: '/metrics',
  tag: 'Server',
  summary: 'Read the metrics of the server',
  needs: 'operator',
  description:
    'In the text form of Prometheus: requests, errors, phases of store and recall, commits, ' +
    'indexes, embeddings and the process. No label names a tenant, a namespace or a key.',
  response: z.string(),
  responseType: 'text/plain',
  handle: async ({ context }, { metrics }) => {
    const { text, type } = await metrics.render();
    return context.body(text, 200, { 'Content-Type': type });
  },
});

export const metricsRoutes: readonly Mountable[] = [metricsRoute];
