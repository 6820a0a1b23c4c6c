/** What other clients say of a dream: fields that are known, taken or refused with a reason. */
import { z } from '@hono/zod-openapi';
import { MemoryError } from '../../domain/errors.ts';
import { limits } from '../../domain/limits.ts';
import type { DreamRequest } from '../../engine/dream/dreams.ts';
import { dreamRequestOf, strategiesSchema } from '../dream-input.ts';

/** Each with what there is in its place; docs/compatibility.md lists them. */
const refused = {
  custom_prompt: 'what a language model is asked stands in files of the server',
  keys_filter: 'a dream reads a whole namespace; keep apart what it must not see',
  salience_threshold: 'a dream reads a whole namespace; auto_apply of POST /v1/dreams has a bound',
  adversarial: 'no strategy argues against itself',
  multi_llm: 'the server has one language model, or none',
  slack_webhook: 'nothing is sent to Slack',
  hive_mode: 'a dream reads one namespace',
} as const;
type Refused = keyof typeof refused;

/** A field that means nothing by its value may be there. */
const refusedSchema = z
  .unknown()
  .optional()
  .openapi({ type: 'object', description: 'Refused, but for a value that asks for nothing.' });

export const dreamBodyShape = {
  namespace: z.string().optional(),
  strategy: z.string().optional(),
  strategies: strategiesSchema.optional(),
  budget: z
    .number()
    .int()
    .min(1)
    .max(limits.dreamMemoriesMax)
    .optional()
    .openapi({ description: 'Memories that are read, at most.' }),
  model: z
    .string()
    .optional()
    .openapi({ description: 'Ignored: the operator names the language model.' }),
  replace_originals: z
    .boolean()
    .optional()
    .openapi({ description: 'Apply what archives, replaces or changes stored memories too.' }),
  ...{ custom_prompt: refusedSchema, keys_filter: refusedSchema, adversarial: refusedSchema },
  ...{ salience_threshold: refusedSchema, multi_llm: refusedSchema },
};

export const cycleBodyShape = {
  ...dreamBodyShape,
  ...{ slack_webhook: refusedSchema, hive_mode: refusedSchema },
};

interface CompatBody {
  readonly namespace?: string | undefined;
  readonly strategy?: string | undefined;
  readonly strategies?: string[] | undefined;
  readonly budget?: number | undefined;
  readonly replace_originals?: boolean | undefined;
  readonly dry_run?: boolean | undefined;
  readonly auto?: boolean | undefined;
}

/** Where no strategy is named. */
const defaultStrategy = 'synthesize';

/**
 * There a dream writes what it found. Here it adds that too, without a review, and changes nothing
 * that was stored unless `replace_originals` says so.
 */
export function requestFrom(
  body: CompatBody & { readonly [name in Refused]?: unknown },
  { seconds, otherwise = [defaultStrategy] }: { seconds?: number; otherwise?: string[] } = {},
): DreamRequest {
  refuseFields(body);
  const { namespace, strategy, strategies, budget: memories, dry_run: dryRun = false } = body;
  const { replace_originals: replaces = false, auto = true } = body;
  return dreamRequestOf({
    namespace,
    strategy,
    strategies: strategies ?? (strategy === undefined ? otherwise : undefined),
    budget: { memories, seconds },
    auto_apply: auto && !dryRun && { confidence: 0, additions_only: !replaces },
    dry_run: dryRun,
  });
}

function refuseFields(body: { readonly [name in Refused]?: unknown }): void {
  const isRefused = (name: string): name is Refused => Object.hasOwn(refused, name);
  for (const [name, value] of Object.entries(body)) {
    if (!isRefused(name) || asksNothing(value)) continue;
    const message = `"${name}" is not offered: ${refused[name]}.`;
    throw new MemoryError('invalid_request', message, { details: { field: name } });
  }
}

function asksNothing(value: unknown): boolean {
  return !value || (Array.isArray(value) && value.length === 0);
}
