/** Forgets again what a list says was forgotten, in a store that was restored from before. */
import type { KeyHash, MemoryId, NamespaceName, TenantId } from '../../domain/memory.ts';
import type { Erasure } from '../../ports/erasures.ts';
import type { RecordRow, TenantRecords } from '../../ports/records.ts';
import type { EngineDeps } from '../deps.ts';
import { forgetKeys, makeForgetId, noCounts, type Selector, selectors } from './receipt.ts';
import type { ForgetDeps } from './rooms.ts';
import { type ForgetPlan, runForget } from './run-forget.ts';

export interface ForgottenAgain {
  /** Forgets of which something was there. */
  readonly forgets: number;
  readonly memories: number;
  readonly namespaces: number;
}

type AgainDeps = ForgetDeps & Pick<EngineDeps, 'hashKey'>;

/**
 * Steps of one forget are one forget again, with its own receipt where the store lost that. What
 * has the id of a forgotten memory and is newer came in again, and stays. `onProgress` is told
 * after each forget.
 */
export async function forgetAgain(
  deps: AgainDeps,
  erasures: readonly Erasure[],
  onProgress: (done: number, total: number) => void,
): Promise<ForgottenAgain> {
  const groups = new Map<string, Erasure[]>();
  for (const erasure of erasures) {
    const name = `${erasure.tenant}\n${erasure.receipt}`;
    const steps = groups.get(name);
    if (steps) steps.push(erasure);
    else groups.set(name, [erasure]);
  }
  let done = 0;
  let forgets = 0;
  let memories = 0;
  let namespaces = 0;
  for (const steps of groups.values()) {
    const plan = await planAgain(deps, steps);
    const stored = plan && (await runForget(deps, plan));
    if (stored) {
      forgets += 1;
      memories += stored.counts.memories;
      if (stored.namespaceGone) namespaces += 1;
    }
    done += 1;
    onProgress(done, groups.size);
  }
  return { forgets, memories, namespaces };
}

/** Undefined where nothing of it is there. */
async function planAgain(
  deps: AgainDeps,
  steps: readonly Erasure[],
): Promise<ForgetPlan | undefined> {
  const first = steps[0];
  if (first === undefined) return undefined;
  const { tenant, namespaceNo, askedAt } = first;
  const records = deps.records.open(tenant);
  const name = await records.nameOf(namespaceNo);
  // Another store's namespace may have had the same number.
  if (name === undefined || hashOf(deps, tenant, name) !== first.namespaceHash) {
    return undefined;
  }
  const rows = await rowsOf(records, steps);
  const isGone = steps.some(({ namespaceGone }) => namespaceGone);
  if (rows.named.length + rows.derived.length === 0 && !isGone) return undefined;
  const former = await deps.control.get(forgetKeys.receipt(tenant, first.receipt));
  return {
    tenant,
    id: former ? makeForgetId(deps.clock) : first.receipt,
    ...rows,
    // The store is from before, and may hold more that was made of them than was there later.
    seenTo: 1,
    stored: {
      state: 'running',
      selector: selectorOf(first),
      namespaceNo,
      namespaceHash: first.namespaceHash,
      askedAt,
      counts: noCounts,
      // The list says so of each namespace that went with its name.
      ...(!isGone && { keepsNamespace: true }),
    },
  };
}

async function rowsOf(records: TenantRecords, steps: readonly Erasure[]) {
  const named = new Set<number>();
  const derived = new Set<number>();
  for (const { namespaceNo, at, ...ids } of steps) {
    const isMeant = ({ row }: { row: RecordRow }) => row.createdAt <= at;
    const ordinals = async (of: readonly MemoryId[]) =>
      (await records.byId(of, namespaceNo)).filter(isMeant).map(({ row }) => row.ordinal);
    for (const ordinal of await ordinals(ids.named)) named.add(ordinal);
    for (const ordinal of await ordinals(ids.derived)) derived.add(ordinal);
  }
  return { named: [...named], derived: [...derived] };
}

/** As receipts.ts makes it, which needs a whole engine. */
function hashOf({ hashKey }: AgainDeps, tenant: TenantId, name: NamespaceName): KeyHash {
  return hashKey(tenant, name, JSON.stringify(['namespace']));
}

function selectorOf({ selector }: Erasure): Selector {
  return selectors.find((known) => known === selector) ?? 'id';
}
