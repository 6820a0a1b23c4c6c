/** /health, /health/live and /health/ready: public, cheap and true. */
import type { PublishStatus } from '../../engine/publish/event-publisher.ts';
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
  | 'publishStatus'
  | 'shared'
  | 'vectorsProgress'
> & { readonly edge: Pick<AppDeps['edge'], 'isDraining'> };

export function mountHealth(app: App, deps: HealthDeps): void {
  const { version, model, recordsStatus, embeddingsProgress, embedderAnswers, shared, edge } = deps;
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
    const events = deps.publishStatus();
    const checks = {
      records: writable ? 'ok' : (reason ?? 'not writable'),
      embeddings,
      // Requests go on: each server counts by itself meanwhile.
      ...(shared && { shared_counters: shared.answers ? 'ok' : 'not answering' }),
      ...(events && { events: presentPublishing(events) }),
      ...(vectors && { vectors }),
      server: isDraining ? 'stopping' : 'ok',
    };
    const isAnswering = shared?.answers !== false && (events?.ok ?? true);
    const isWhole = embeddings.status === 'ok' && isAnswering && vectors?.status !== 'waiting';
    const status = ok ? (isWhole ? 'ok' : 'degraded') : 'not ready';
    return context.json({ ok, status, checks }, ok ? 200 : 503);
  });
}

/** Events that wait are no reason not to be ready: the log of changes keeps them. */
function presentPublishing({ isRunning, ok, behind, oldestMs }: PublishStatus) {
  if (!isRunning) return { status: 'left to another server' };
  const oldest_seconds = Math.round(oldestMs / 1_000);
  return { status: ok ? 'ok' : 'waiting', behind, oldest_seconds };
}

/** Searches go on by words without them, and what is on its way is searched in memory. */
function vectorsCheck(progress: VectorFeedProgress | undefined) {
  if (progress === undefined) return undefined;
  const { name, places, filling, behind, problem } = progress;
  const status = problem === undefined ? 'ok' : 'waiting';
  return { status, name, namespaces: places, filling, behind };
}
