/** A dream as other clients read it: what it found, and what became of that. */
import { z } from '@hono/zod-openapi';
import { limits } from '../../domain/limits.ts';
import { textOf } from '../../domain/memory.ts';
import type { Dream, DreamDiff } from '../../engine/dream/dreams.ts';
import type { Engine } from '../../engine/engine.ts';
import type { Scope } from '../../engine/scope.ts';
import { iso } from '../present.ts';

const count = z.number().int();
const isoTime = z.string().openapi({ format: 'date-time' });

export const compatStatuses = ['running', 'complete', 'failed', 'cancelled'] as const;

export const statusShape = {
  dream_id: z.string(),
  namespace: z.string(),
  status: z.enum(compatStatuses),
  state: z.string().openapi({ description: 'As GET /v1/dreams/{id} tells it.' }),
  strategies: z.array(z.string()),
  dry_run: z.boolean(),
  progress: z.object({ done: z.array(z.string()), current: z.string().nullable() }),
  created_at: isoTime,
  completed_at: isoTime.nullable(),
  error: z.string().nullable(),
};

export function statusOf({ state, endedAt }: Dream): (typeof compatStatuses)[number] {
  if (endedAt === undefined) return 'running';
  return state === 'failed' || state === 'cancelled' ? state : 'complete';
}

export function presentStatus(dream: Dream) {
  const { id, namespace, state, strategies, dryRun, done, current, error } = dream;
  return {
    ...{ dream_id: id, namespace, status: statusOf(dream), state, strategies, dry_run: dryRun },
    progress: { done, current: current ?? null },
    created_at: iso(dream.createdAt),
    completed_at: dream.endedAt === undefined ? null : iso(dream.endedAt),
    error: error?.message ?? null,
  };
}

const insightSchema = z.object({
  action: z.string(),
  strategy: z.string(),
  status: z.string(),
  type: z.string().nullable(),
  value: z.string().nullable(),
  reason: z.string(),
  confidence: z.number(),
  id: z.string().nullable().openapi({ description: 'Of the memory that it added.' }),
  source_ids: z.array(z.string()),
  source_keys: z.array(z.string()),
});

export const reportShape = {
  ...statusShape,
  insights: z.array(insightSchema).openapi({
    description: `The first ${limits.listLimitMax}; GET /v1/dreams/{id} has all of them.`,
  }),
  insights_generated: count.openapi({ description: 'Actions of the plan.' }),
  memories_created: count.openapi({ description: 'Memories that the dream has added.' }),
  memories_changed: count.openapi({ description: 'Memories that it linked, changed or archived.' }),
  keys_sampled: count.openapi({ description: 'Memories that were read, with or without a key.' }),
  brief: z.string(),
  duration_ms: count,
};

/** Of one that has ended; every number is that of the dream itself. */
export async function reportOf(engine: Pick<Engine, 'dreams'>, scope: Scope, id: string) {
  const diff = await engine.dreams.diff(scope, id, { limit: limits.listLimitMax });
  const all = diff.next === undefined ? diff.actions : await engine.dreams.actions(scope, id);
  const { dream } = diff;
  const isUndone = dream.state === 'undone';
  const made = {
    ...{ memories_created: isUndone ? 0 : dream.added.length },
    ...{ memories_changed: isUndone ? 0 : dream.touched.length },
  };
  const waiting = all.filter(({ state }) => state === 'pending').length;
  return {
    ...presentStatus(dream),
    insights: diff.actions.map((action) => insightOf(action, diff.memories)),
    ...{ insights_generated: all.length, ...made, keys_sampled: dream.memories ?? 0 },
    brief: briefOf(dream, { actions: all.length, waiting, ...made }),
    duration_ms: Math.max(0, (dream.endedAt ?? dream.createdAt) - dream.createdAt),
  };
}

function insightOf(action: DreamDiff['actions'][number], memories: DreamDiff['memories']) {
  const { id, strategy, state: status, reason, confidence, add, addedId, sources } = action;
  const made = addedId && memories.get(addedId);
  const planned = add && add.value !== '' ? add.value : null;
  const keys = sources.flatMap(({ id }) => memories.get(id)?.body.key ?? []);
  return {
    ...{ action: id, strategy, status, type: add?.type ?? null, reason, confidence },
    value: made ? textOf(made.body.value) : planned,
    id: addedId ?? null,
    source_ids: sources.map(({ id }) => id),
    source_keys: [...new Set(keys)],
  };
}

function briefOf(
  { memories = 0, notes, error, state, id }: Dream,
  told: {
    readonly actions: number;
    readonly waiting: number;
    readonly memories_created: number;
    readonly memories_changed: number;
  },
): string {
  const lines = [
    `Memories read: ${memories}. Changes proposed: ${told.actions}.`,
    `Memories added: ${told.memories_created}, changed: ${told.memories_changed}.`,
    ...(state === 'undone' ? ['The dream was undone.'] : []),
    ...(told.waiting > 0 ? [`Waiting for a review: ${told.waiting}, GET /v1/dreams/${id}.`] : []),
    ...(error ? [error.message] : []),
    ...notes,
  ];
  return lines.join(' ');
}
