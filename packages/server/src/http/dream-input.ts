/** What a request may say of a dream, and what the engine makes of it. */
import { z } from '@hono/zod-openapi';
import { type StrategyId, strategyAliases, strategyIds } from '../domain/dream.ts';
import { MemoryError } from '../domain/errors.ts';
import { limits } from '../domain/limits.ts';
import { defaultNamespace, parseNamespace } from '../domain/names.ts';
import type { DreamRequest } from '../engine/dream/dreams.ts';
import { nearestName } from '../util/nearest-name.ts';
import { shareSchema, timeSchema } from './schemas.ts';

/** Stands for all of them. */
export const fullCycle = 'full_cycle';
const strategyNames: readonly string[] = [
  fullCycle,
  ...strategyIds,
  ...Object.keys(strategyAliases),
];

export const strategiesSchema = z
  .array(z.string())
  .min(1)
  .max(32)
  .openapi({ items: { type: 'string', enum: [...strategyNames] } });

export const dreamBudgetSchema = z.strictObject({
  memories: z.number().int().min(1).max(limits.dreamMemoriesMax).optional(),
  tokens: z.number().int().min(0).max(limits.dreamTokensMax).optional(),
  seconds: z.number().min(0.1).max(limits.dreamSecondsMax).optional(),
  dollars: z.number().min(0).max(1e6).optional(),
});

export const autoApplySchema = z
  .union([
    z.boolean(),
    z.strictObject({
      ...{ confidence: shareSchema.optional(), strategies: strategiesSchema.optional() },
      additions_only: z
        .boolean()
        .optional()
        .openapi({ description: 'Nothing that somebody stored is changed; it may be linked.' }),
    }),
  ])
  .openapi({ description: 'What needs no review; true: from a confidence of 0.9.' });

/** The same as answers show it. */
export const shownAutoApplySchema = z.object({
  confidence: shareSchema,
  strategies: z.array(z.enum(strategyIds)).optional(),
  additions_only: z.boolean(),
});

/** What a dream and a schedule have in common. */
export const dreamFields = {
  namespace: z.string().optional(),
  strategies: strategiesSchema.optional(),
  budget: dreamBudgetSchema.optional(),
  auto_apply: autoApplySchema.optional(),
};

export const dreamBodySchema = z
  .strictObject({
    ...dreamFields,
    strategy: z.string().optional(),
    before: timeSchema
      .optional()
      .openapi({ description: 'compress leaves alone what came later.' }),
    dry_run: z.boolean().optional(),
    wait_ms: z.number().int().min(0).max(limits.dreamWaitMsMax).optional(),
  })
  .openapi('NewDream');

/** Confidence from which `auto_apply: true` needs no review. */
const surelyConfident = 0.9;

export type DreamBody = z.infer<typeof dreamBodySchema>;

export function dreamRequestOf(body: Omit<DreamBody, 'wait_ms'>): DreamRequest {
  const { strategy, strategies, before, dry_run: dryRun = false } = body;
  const autoApply = autoApplyOf(body.auto_apply);
  if (strategy !== undefined && strategies !== undefined) {
    const message = 'Name "strategies" or "strategy", not both.';
    throw new MemoryError('invalid_request', message, { details: { field: 'strategy' } });
  }
  return {
    namespace: parseNamespace(body.namespace ?? defaultNamespace),
    strategies: strategiesOf(strategies ?? [strategy ?? fullCycle]),
    budget: budgetOf(body.budget),
    ...(before !== undefined && { before }),
    ...(autoApply && { autoApply }),
    dryRun,
  };
}

export function budgetOf(budget: z.infer<typeof dreamBudgetSchema> = {}): DreamRequest['budget'] {
  const { memories, tokens, seconds, dollars } = budget;
  return {
    memories: memories ?? limits.dreamMemoriesDefault,
    tokens: tokens ?? limits.dreamTokensDefault,
    seconds: seconds ?? limits.dreamSecondsDefault,
    ...(dollars !== undefined && { dollars }),
  };
}

export function autoApplyOf(
  policy: z.infer<typeof autoApplySchema> | undefined,
): DreamRequest['autoApply'] {
  if (policy === undefined || policy === false) return undefined;
  if (policy === true) return { confidence: surelyConfident };
  const { confidence = surelyConfident, strategies, additions_only: additionsOnly } = policy;
  return {
    confidence,
    ...(strategies && { strategies: strategiesOf(strategies) }),
    ...(additionsOnly && { additionsOnly }),
  };
}

/** In the order in which they run, each once. Throws invalid_request with the nearest name. */
export function strategiesOf(names: readonly string[]): StrategyId[] {
  const wanted = new Set(names.flatMap(strategyOf));
  return strategyIds.filter((id) => wanted.has(id));
}

function strategyOf(name: string): readonly StrategyId[] {
  if (name === fullCycle) return strategyIds;
  const id = strategyIds.find((one) => one === name) ?? aliasOf(name);
  if (id !== undefined) return [id];
  const nearest = nearestName(name, strategyNames);
  const meant = nearest === undefined ? '' : ` Did you mean "${nearest}"?`;
  const message = `There is no strategy "${name.slice(0, 80)}".${meant}`;
  const details = { field: 'strategies', known: strategyNames };
  throw new MemoryError('invalid_request', message, { details });
}

const aliasOf = (name: string): StrategyId | undefined =>
  Object.hasOwn(strategyAliases, name) ? strategyAliases[name] : undefined;
