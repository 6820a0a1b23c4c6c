/** Dreams in the words of other clients: /v1/memory/dream/start and its kin. */
import { z } from '@hono/zod-openapi';
import { MemoryError } from '../../domain/errors.ts';
import { limits } from '../../domain/limits.ts';
import { defaultNamespace, parseNamespace } from '../../domain/names.ts';
import { defineRoute, type Mountable } from '../route.ts';
import { dreamBodyShape, requestFrom } from './dream-body.ts';
import {
  compatStatuses,
  presentStatus,
  reportOf,
  reportShape,
  statusOf,
  statusShape,
} from './dream-report.ts';

const tag = 'Dreams';
const root = '/v1/memory/dream';
const ok = z.literal(true);
const count = z.number().int();
const idParams = z.strictObject({ id: z.string() });
const namespaceOf = (name: string | undefined) => parseNamespace(name ?? defaultNamespace);

const startSchema = z
  .strictObject({ ...dreamBodyShape, dry_run: z.boolean().optional() })
  .openapi('DreamOf');

const start = defineRoute({
  method: 'post',
  path: `${root}/start`,
  tag,
  needs: 'dream',
  alsoAnswers: [404, 409],
  summary: 'Start a dream that adds what it finds',
  description:
    'It runs on when this answers. What it adds and links is applied at its end; what would ' +
    'archive, replace or change a stored memory waits for a review, unless `replace_originals`. ' +
    '`POST /v1/dreams` leaves all of it to a review. Needs `read` in the namespace too.',
  body: startSchema,
  response: z.object({
    ...{ ok, ...statusShape },
    dream_namespace: z.string().openapi({ description: 'Where results are: the same.' }),
    poll_endpoint: z.string(),
  }),
  handle: async ({ body, scope }, { engine }) => {
    const dream = await engine.dreams.start(scope, requestFrom(body));
    const { id, namespace } = dream;
    const places = { dream_namespace: namespace, poll_endpoint: `${root}/status/${id}` };
    return { ok: true, ...presentStatus(dream), ...places };
  },
});

/** A run is answered within the time that a request may wait: a little is left for the apply. */
const runSeconds = limits.dreamWaitMsMax / 1000 - 10;

const run = defineRoute({
  method: 'post',
  path: `${root}/run`,
  tag,
  needs: 'dream',
  alsoAnswers: [404, 409],
  summary: 'Run a dream to its end, and answer what it found',
  description:
    `As \`start\`, in one request: all of \`strategies\`, for at most ${runSeconds} seconds. One ` +
    'that still runs after a minute answers `status: "running"` and goes on.',
  body: startSchema,
  response: z.object({ ok, ...reportShape, poll_endpoint: z.string() }),
  handle: async ({ body, scope }, { engine }) => {
    const request = requestFrom(body, { seconds: runSeconds });
    const { id } = await engine.dreams.start(scope, request);
    const dream = await engine.dreams.wait(scope, id, limits.dreamWaitMsMax);
    if (dream.error) {
      const { code, message } = dream.error;
      throw new MemoryError(code, message, { details: { dream_id: id } });
    }
    const report = await reportOf(engine, scope, id);
    return { ok: true, ...report, poll_endpoint: `${root}/status/${id}` };
  },
});

const status = defineRoute({
  method: 'get',
  path: `${root}/status/{id}`,
  tag,
  needs: 'dream',
  summary: 'How far a dream is',
  params: idParams,
  response: z.object({ ok, ...statusShape }),
  handle: async ({ params, scope }, { engine }) => {
    return { ok: true, ...presentStatus(await engine.dreams.read(scope, params.id)) };
  },
});

const report = defineRoute({
  method: 'get',
  path: `${root}/report/{id}`,
  tag,
  needs: 'dream',
  alsoAnswers: [409],
  summary: 'What a dream found, and what became of it',
  description: 'Answers 409 `dream_state` while it runs, and where it failed or was cancelled.',
  params: idParams,
  response: z.object({ ok, ...reportShape }),
  handle: async ({ params, scope }, { engine }) => {
    const dream = await engine.dreams.read(scope, params.id);
    const now = statusOf(dream);
    if (now !== 'complete') {
      const why = now === 'running' ? 'still runs' : `is ${now}`;
      const message = `The dream ${why}: there is no report of it.`;
      throw new MemoryError('dream_state', message, { details: { state: dream.state } });
    }
    return { ok: true, ...(await reportOf(engine, scope, params.id)) };
  },
});

const log = defineRoute({
  method: 'get',
  path: `${root}/log`,
  aliases: [`${root}/sessions`],
  tag,
  needs: 'dream',
  alsoAnswers: [404],
  summary: 'The last dreams of a namespace, newest first',
  query: z.strictObject({
    namespace: z.string().optional(),
    limit: count.min(1).max(limits.dreamsKeptMax).optional(),
    status: z.enum(compatStatuses).optional(),
  }),
  response: z.object({ ok, dreams: z.array(z.object(statusShape)), count }),
  handle: async ({ query, scope }, { engine }) => {
    const { limit = 20, status: wanted } = query;
    const all = limits.dreamsKeptMax + limits.dreamsEmptyKeptMax;
    const page = { limit: wanted ? all : limit };
    const found = await engine.dreams.list(scope, namespaceOf(query.namespace), page);
    const dreams = found.filter((dream) => wanted === undefined || statusOf(dream) === wanted);
    const shown = dreams.slice(0, limit).map(presentStatus);
    return { ok: true, dreams: shown, count: shown.length };
  },
});

const preview = defineRoute({
  method: 'get',
  path: `${root}/preview`,
  tag,
  needs: 'dream',
  alsoAnswers: [404],
  summary: 'What a dream would run, and how much it would read',
  description: 'Nothing is planned; a start with `dry_run` makes a plan that is never applied.',
  query: z.strictObject({
    namespace: z.string().optional(),
    strategy: z.string().optional(),
    budget: dreamBodyShape.budget,
  }),
  response: z.object({
    ...{ ok, namespace: z.string(), strategies: z.array(z.string()) },
    keys_available: count.openapi({ description: 'Memories, replaced and archived ones too.' }),
    keys_sampled_max: count.openapi({ description: 'What a dream reads of them at most.' }),
    running: z.string().nullable().openapi({ description: 'The dream that runs now.' }),
  }),
  handle: async ({ query, scope }, { engine }) => {
    const { namespace, strategies, budget } = requestFrom(query);
    const [last] = await engine.dreams.list(scope, namespace, { limit: 1 });
    const { memories } = await engine.namespace(scope, namespace);
    return {
      ...{ ok: true, namespace, strategies, keys_available: memories },
      keys_sampled_max: Math.min(memories, budget.memories),
      running: last && last.endedAt === undefined ? last.id : null,
    };
  },
});

export const compatDreamRoutes: readonly Mountable[] = [start, run, status, report, log, preview];
