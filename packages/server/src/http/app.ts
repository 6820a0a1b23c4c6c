/** The HTTP surface: every route over one engine. */
import { OpenAPIHono } from '@hono/zod-openapi';
import { MemoryError } from '../domain/errors.ts';
import { compatScheduleRoutes } from './compat/dream-schedules.ts';
import { compatDreamRoutes } from './compat/dreams.ts';
import { leftOutRoutes } from './compat/left-out.ts';
import { restGuideRoutes } from './compat/rest-guide.ts';
import { slugKeyRoutes } from './compat/slug-keys.ts';
import { slugManyRoutes } from './compat/slug-many.ts';
import { slugNamespaceRoutes } from './compat/slug-namespaces.ts';
import { slugSearchRoutes } from './compat/slug-search.ts';
import { compatSnapshotRoutes } from './compat/snapshots.ts';
import type { AppDeps, AppEnv } from './context.ts';
import { mountDocs } from './docs.ts';
import { mountEdge } from './edge.ts';
import { errorResponse } from './errors.ts';
import { freshenHeld, lookForKey } from './held.ts';
import { limitRates } from './rate-limit.ts';
import type { App } from './route.ts';
import { auditRoutes } from './routes/audit.ts';
import { auditLogRoutes } from './routes/audit-log.ts';
import { backupRoutes } from './routes/backup.ts';
import { contextRoutes } from './routes/context.ts';
import { dreamScheduleRoutes } from './routes/dream-schedules.ts';
import { dreamRoutes } from './routes/dreams.ts';
import { embeddingsRoutes } from './routes/embeddings.ts';
import { eventRoutes } from './routes/events.ts';
import { exportRoutes } from './routes/export.ts';
import { forgetRoutes } from './routes/forget.ts';
import { mountHealth } from './routes/health.ts';
import { importRoutes } from './routes/import.ts';
import { keyRoutes } from './routes/keys.ts';
import { memoryRoutes } from './routes/memory.ts';
import { metricsRoutes } from './routes/metrics.ts';
import { namespaceRoutes } from './routes/namespaces.ts';
import { profileRoutes } from './routes/profile.ts';
import { searchRoutes } from './routes/search.ts';
import { snapshotRoutes } from './routes/snapshots.ts';
import { storeRoutes } from './routes/store.ts';
import { tenantRoutes } from './routes/tenants.ts';
import { updateRoutes } from './routes/update.ts';
import { usageRoutes } from './routes/usage.ts';
import { webhookRoutes } from './routes/webhooks.ts';
import { whyNotRoutes } from './routes/why-not.ts';
import { limitShares } from './tenant-share.ts';
import { mountWatch } from './watch.ts';

/** More specific paths come first: /v1/memory/search is not an id. */
const routes = [
  ...storeRoutes,
  ...searchRoutes,
  ...contextRoutes,
  ...whyNotRoutes,
  ...forgetRoutes,
  ...namespaceRoutes,
  ...exportRoutes,
  ...importRoutes,
  ...snapshotRoutes,
  ...auditRoutes,
  ...profileRoutes,
  ...dreamRoutes,
  ...dreamScheduleRoutes,
  ...embeddingsRoutes,
  ...keyRoutes,
  ...tenantRoutes,
  ...webhookRoutes,
  ...eventRoutes,
  ...auditLogRoutes,
  ...backupRoutes,
  ...restGuideRoutes,
  ...slugSearchRoutes,
  ...slugKeyRoutes,
  ...slugManyRoutes,
  ...slugNamespaceRoutes,
  ...compatSnapshotRoutes,
  ...compatDreamRoutes,
  ...compatScheduleRoutes,
  ...leftOutRoutes,
  ...usageRoutes,
  ...metricsRoutes,
  ...updateRoutes,
  ...memoryRoutes,
];

export function createApp(deps: AppDeps): App {
  const app = new OpenAPIHono<AppEnv>();
  mountWatch(app, deps);
  mountEdge(app, deps.edge);
  app.on('ALL', ['/v1/*', '/metrics'], freshenHeld(deps));
  app.use('/v1/*', limitRates(deps), lookForKey(deps), limitShares(deps.edge.requestsMax));
  mountHealth(app, deps);
  for (const route of routes) route.mount(app, deps);
  mountDocs(app, deps.version);
  app.notFound((context) => {
    deps.metrics.error('route_not_found');
    const message = `There is no ${context.req.method} ${context.req.path.slice(0, 200)}.`;
    return errorResponse(context, new MemoryError('route_not_found', message));
  });
  app.onError((error, context) => {
    deps.metrics.error(MemoryError.isInstance(error) ? error.code : 'internal');
    if (MemoryError.isInstance(error)) {
      if (error.status >= 500) deps.log.error({ err: error, code: error.code }, error.message);
      return errorResponse(context, error);
    }
    const requestId = context.get('requestId');
    deps.log.error({ err: error, requestId }, 'a request broke');
    const details = { request_id: requestId };
    return errorResponse(context, new MemoryError('internal', undefined, { details }));
  });
  return app;
}
