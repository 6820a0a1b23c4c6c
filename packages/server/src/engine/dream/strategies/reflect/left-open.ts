/** Plans whose day is past and of which nothing was told since. */
import type { Evidence } from '../../evidence.ts';
import { findPlans, type Plan, rareOf } from '../../plans/find-plans.ts';
import type { DreamTools } from '../../strategy.ts';

/** Nobody asks after what was planned longer ago. */
const pastMaxMs = 180 * 86_400_000;

/** The latest first. */
export async function findLeftOpen(
  evidence: Evidence,
  now: number,
  tools: DreamTools,
): Promise<Plan[]> {
  const { open } = await findPlans(evidence, now, tools);
  const past = open.filter(
    ({ kind, due, isStated }) =>
      kind === 'plan' && isStated && due.to <= now && now - due.to <= pastMaxMs,
  );
  return past
    .filter((plan) => !isToldSince(plan, evidence))
    .sort((a, b) => b.due.from - a.due.from);
}

/** From its first day on, a rare word of the plan in anything that is said. */
function isToldSince({ due, memories: said, terms }: Plan, evidence: Evidence): boolean {
  const { memories, having } = evidence;
  return rareOf(terms, evidence).some((term) =>
    having(term).some((place) => {
      const memory = memories[place];
      return memory && memory.occurredAt >= due.from && !said.includes(memory);
    }),
  );
}
