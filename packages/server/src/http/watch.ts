/** Counts every request, gives it a number and a span, and tells the log of it. */
import type { AppContext, AppDeps } from './context.ts';
import type { App } from './route.ts';

/** Routes that are mounted by hand; every other one says its own name. */
const plainRoutes = new Set(['/health', '/health/live', '/health/ready', '/openapi.json', '/docs']);

type WatchDeps = Pick<AppDeps, 'log' | 'metrics' | 'watch'>;

export function mountWatch(app: App, { log, metrics, watch }: WatchDeps): void {
  const startedAt = Date.now().toString(36);
  let requests = 0;
  app.use(async (context, next) => {
    // A counter with the start time is unique enough to find a request in the log.
    const requestId = `${startedAt}-${(++requests).toString(36)}`;
    const arrivedAt = performance.now();
    context.set('requestId', requestId);
    context.set('arrivedAt', arrivedAt);
    metrics.requestBegan();
    const told = () => {
      const { method } = context.req;
      return { method, route: routeOf(context), status: context.res.status };
    };
    await watch.request(context.req.raw.headers, next, told);
    context.res.headers.set('X-Request-Id', requestId);
    metrics.request({ ...told(), seconds: (performance.now() - arrivedAt) / 1000 });
    log.debug({ requestId, ...told() }, 'request');
  });
}

/** The path itself may hold the name of a namespace, or anything that a caller thinks of. */
function routeOf(context: AppContext): string {
  const { path } = context.req;
  return context.get('route') ?? (plainRoutes.has(path) ? path : 'other');
}
