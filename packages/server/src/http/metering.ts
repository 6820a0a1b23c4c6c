/** Counts the operations of a request: set aside before it runs, given back where it fails. */
import { type Operation, operationOf } from '../access/operations.ts';
import type { Need, Principal } from '../access/principal.ts';
import type { Charge } from '../access/usage-meter.ts';
import type { AppDeps } from './context.ts';

/** Throws quota_exceeded. */
export type SetAside = (items: number) => Promise<Charge>;

export interface Meter {
  /** For what a handler counts by itself. */
  readonly setAside: SetAside;
  /** `before`: items that an earlier try of the same request has carried out, and counted. */
  run<Answer>(body: unknown, before: number, task: () => Promise<Answer>): Promise<Answer>;
}

const nothing: Charge = { giveBack: () => undefined };

/** `route` is `post /v1/memory/search`. Made once for each route. */
export function meterOf(
  route: string,
  need: Need,
): (deps: Pick<AppDeps, 'usage'>, principal: Principal) => Meter {
  const operation = operationOf(route, need);
  if (operation === undefined) return () => free;
  return ({ usage }, { tenant, plan }) => {
    const { kind, isAlwaysAllowed = false } = operation;
    const setAside: SetAside = (items) =>
      usage.charge({ tenant, plan, kind, items, isAlwaysAllowed });
    return {
      setAside,
      run: (body, before, task) =>
        operation.isCountedByHandler ? task() : counted(operation, setAside, body, before, task),
    };
  };
}

const free: Meter = { setAside: async () => nothing, run: (_body, _before, task) => task() };

async function counted<Answer>(
  operation: Operation,
  setAside: SetAside,
  body: unknown,
  before: number,
  task: () => Promise<Answer>,
): Promise<Answer> {
  const items = Math.max(0, (operation.items?.(body) ?? 1) - before);
  const charge = await setAside(items);
  try {
    const answer = await task();
    const failed = operation.failed?.(answer, body) ?? 0;
    if (failed > 0) charge.giveBack(Math.min(items, failed));
    return answer;
  } catch (error) {
    charge.giveBack(items);
    throw error;
  }
}
