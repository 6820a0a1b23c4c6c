/** /v1/admin/embeddings: which vectors there are, and which of them searches use. */
import { z } from '@hono/zod-openapi';
import type { EmbeddingsStatus, GenerationStatus } from '../../engine/embed/status.ts';
import type { Scope } from '../../engine/scope.ts';
import type { AppDeps } from '../context.ts';
import { defineRoute, type Mountable } from '../route.ts';

const statusSchema = z
  .object({
    ok: z.literal(true),
    pending: z.number().int(),
    switching: z.number().int(),
    problem: z.string().nullable(),
    generations: z.array(
      z.object({
        generation: z.number().int(),
        model: z.string(),
        dimension: z.number().int(),
        target: z.boolean(),
        previous: z.boolean(),
        available: z.boolean(),
        namespaces: z.number().int(),
        pending: z.number().int(),
        refused: z.number().int(),
      }),
    ),
  })
  .openapi('Embeddings');

const show = defineRoute({
  method: 'get',
  path: '/v1/admin/embeddings',
  tag: 'Admin',
  needs: 'operator',
  summary: 'Show the generations of vectors and how far each is',
  description:
    'A generation is the vectors of one model. When another model is set, memories are embedded ' +
    'again in the background, and each namespace changes over when all of it is done.',
  response: statusSchema,
  handle: async (_, { engine }) => presentStatus(await engine.embeddings()),
});

const rollback = defineRoute({
  method: 'post',
  path: '/v1/admin/embeddings/rollback',
  alsoAnswers: [409],
  tag: 'Admin',
  needs: 'operator',
  summary: 'Search by the previous generation of vectors again',
  description: 'Holds until the model is set to another one. A second call leads forward again.',
  response: statusSchema,
  handle: async ({ scope }, deps) => {
    const status = await deps.engine.rollBackEmbeddings();
    await noteChange(deps, scope);
    return presentStatus(status);
  },
});

const drop = defineRoute({
  method: 'delete',
  path: '/v1/admin/embeddings/{generation}',
  alsoAnswers: [409],
  tag: 'Admin',
  needs: 'operator',
  summary: 'Remove a generation of vectors that no namespace is searched by',
  params: z.object({ generation: z.coerce.number().int().positive() }),
  response: statusSchema,
  handle: async ({ params, scope }, deps) => {
    const status = await deps.engine.dropEmbeddings(params.generation);
    await noteChange(deps, scope);
    return presentStatus(status);
  },
});

function noteChange({ auditLog }: AppDeps, { tenant, actor }: Scope): Promise<void> {
  return auditLog.add(tenant, { actor, action: 'embeddings.changed' });
}

function presentStatus({ pending, switching, problem, generations }: EmbeddingsStatus) {
  const all = generations.map(presentGeneration);
  return { ok: true, pending, switching, problem: problem ?? null, generations: all };
}

function presentGeneration(status: GenerationStatus) {
  const { no, model, dimension, isTarget, isPrevious, isAvailable } = status;
  const { namespaces, pending, refused } = status;
  return {
    generation: no,
    model,
    dimension,
    target: isTarget,
    previous: isPrevious,
    available: isAvailable,
    namespaces,
    pending,
    refused,
  };
}

export const embeddingsRoutes: readonly Mountable[] = [show, rollback, drop];
