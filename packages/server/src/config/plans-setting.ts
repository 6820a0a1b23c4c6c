/** Reads plans from JSON, or from the file that holds it. */
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { type Plan, unlimitedPlan } from '../domain/plans.ts';

const amount = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER).nullable().default(null);
const rate = z.number().int().min(1).max(1_000_000_000).nullable().default(null);

const plansSchema = z.record(
  z
    .string()
    .regex(/^[a-z0-9_-]{1,64}$/, 'a plan is named by a-z, 0-9, _ and -')
    .refine((name) => name !== unlimitedPlan, `"${unlimitedPlan}" has no limits`),
  z.strictObject({
    operations_per_month: amount,
    stored_bytes: amount,
    requests_per_minute: rate,
    keys: amount,
  }),
);

/** What is left out of a plan has no limit. */
export const plansFromText = z.string().transform((text, context): readonly Plan[] => {
  const refuse = (message: string) => {
    context.addIssue({ code: 'custom', message });
    return z.NEVER;
  };
  const json = text.trimStart().startsWith('{') ? text : readText(text);
  if (json === undefined) return refuse('JSON, or the path of a file that can be read, is needed');
  const parsed = plansSchema.safeParse(parseJson(json));
  if (parsed.success) {
    return Object.entries(parsed.data).map(([name, plan]) => ({
      name,
      operationsPerMonth: plan.operations_per_month,
      storedBytes: plan.stored_bytes,
      requestsPerMinute: plan.requests_per_minute,
      keys: plan.keys,
    }));
  }
  const issue = parsed.error.issues[0];
  const reason = issue?.code === 'invalid_key' ? issue.issues[0]?.message : issue?.message;
  const place = issue?.path.join('.') || 'the start';
  return refuse(`plans are not valid at ${place}: ${reason}`);
});

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
