/** /health, /health/live and /health/ready: public, cheap and true. */
import type { AppDeps } from '../context.ts';
import type { App } from '../route.ts';

export function mountHealth(app: App, { version, model, recordsStatus }: AppDeps): void {
  app.get('/health/live', (context) => context.json({ ok: true }));
  app.get('/health', async (context) => {
    const { writable } = await recordsStatus();
    return context.json({ ok: writable, status: writable ? 'ok' : 'degraded', version, model });
  });
  app.get('/health/ready', async (context) => {
    const { writable, reason } = await recordsStatus();
    const checks = { records: writable ? 'ok' : (reason ?? 'not writable') };
    return context.json({ ok: writable, checks }, writable ? 200 : 503);
  });
}
