/** Plans: how much a tenant may do in a month, keep, and ask in a minute. */
import { MemoryError } from './errors.ts';

/** Null: as much as the server can. */
export interface Plan {
  readonly name: string;
  /** Items in a calendar month, UTC. */
  readonly operationsPerMonth: number | null;
  /** Bytes of what is stored, former versions included. */
  readonly storedBytes: number | null;
  /** Of the tenant with all its keys. */
  readonly requestsPerMinute: number | null;
  readonly keys: number | null;
}

/** What a tenant may keep: asked of every batch that makes it keep more. */
export interface StorageCap {
  readonly plan: string;
  readonly bytesMax: number;
}

export const freePlan = 'free';
/** Of the root tenant, and of tenants that an operator makes. */
export const unlimitedPlan = 'unlimited';

export const builtinPlans: readonly Plan[] = [
  {
    name: freePlan,
    operationsPerMonth: 1000,
    // Two months of nothing but memories of the greatest length.
    storedBytes: 64 * 1024 * 1024,
    requestsPerMinute: 200,
    keys: 20,
  },
  {
    name: unlimitedPlan,
    operationsPerMonth: null,
    storedBytes: null,
    requestsPerMinute: null,
    keys: null,
  },
];

/** By name. */
export class Plans {
  readonly #byName: ReadonlyMap<string, Plan>;

  /** `own` adds plans, and changes the builtin ones of the same name. */
  constructor(own: readonly Plan[]) {
    this.#byName = new Map([...builtinPlans, ...own].map((plan) => [plan.name, plan]));
  }

  get(name: string): Plan | undefined {
    return this.#byName.get(name);
  }

  /** Throws invalid_request, naming those that there are. */
  need(name: string): Plan {
    const plan = this.#byName.get(name);
    if (plan) return plan;
    const plans = [...this.#byName.keys()];
    const message = `There is no plan "${name}". There are: ${plans.join(', ')}.`;
    throw new MemoryError('invalid_request', message, { details: { field: 'plan', plans } });
  }
}

export function storageCapOf({ name, storedBytes }: Plan): StorageCap | undefined {
  return storedBytes === null ? undefined : { plan: name, bytesMax: storedBytes };
}
