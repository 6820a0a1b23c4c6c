/** /health, /health/live and /health/ready: public, cheap and true. */

import type { VectorFeedProgress } from '../../engine/vectors/vector-feed.ts';
import type { AppDeps } from '../context.ts';
import type { App } from '../route.ts';

type HealthDeps = Pick<
  AppDeps,
  | 'version'
  | 'model'
  | 'recordsStatus'
  | 'embeddingsProgress'
  | 'embedderAnswers'
  | 'vectorsProgress'
> & { readonly edge: Pick<AppDeps['edge'], 'isDraining'> };

export function mountHealth(app: App, deps: HealthDeps): void {
  const { version, model, recordsStatus, embeddingsProgress, embedderAnswers, edge } = deps;
  const { vectorsProgress } = deps;
  app.get('/health/live', (context) => context.json({ ok: true }));
  app.on('GET', ['/health', '/v1/health'], async (context) => {
    const { writable } = await recordsStatus();
    const status = writable ? 'ok' : 'degraded';
    return context.json({ ok: writable, status, version, model: model() });
  });
  app.get('/health/ready', async (context) => {
    const { writable, reason } = await recordsStatus();
    const { pending, switching, problem } = await embeddingsProgress();
    // Searches go on by words without vectors, so a wait for them is no reason not to be ready.
    const answers = embedderAnswers() ? 'ok' : 'not answering';
    const embeddings = {
      status: problem === undefined ? answers : 'waiting',
      pending,
      switching,
    };
    const vectors = vectorsCheck(vectorsProgress?.());
    const isDraining = edge.isDraining();
    const ok = writable && !isDraining;
    const checks = {
      records: writable ? 'ok' : (reason ?? 'not writable'),
      embeddings,
      ...(vectors && { vectors }),
      server: isDraining ? 'stopping' : 'ok',
    };
    const isWhole = embeddings.status === 'ok' && vectors?.status !== 'waiting';
    const status = ok ? (isWhole ? 'ok' : 'degraded') : 'not ready';
    return context.json({ ok, status, checks }, ok ? 200 : 503);
  });
}

/** Searches go on by words without them, and what is on its way is searched in memory. */
function vectorsCheck(progress: VectorFeedProgress | undefined) {
  if (progress === undefined) return undefined;
  const { name, places, filling, behind, problem } = progress;
  const status = problem === undefined ? 'ok' : 'waiting';
  return { status, name, namespaces: places, filling, behind };
}
