/**
 * A namespace as it was last found. Over a network a search begins on it while the namespace is
 * looked up anew, and is thrown away if that finds another state: so a search of a namespace that
 * nobody writes to waits for one round trip less, and never answers from an old state.
 */
import { requireNamespace } from '../../domain/access.ts';
import type { NamespaceName, TenantId } from '../../domain/memory.ts';
import type { NamespaceInfo, TenantRecords } from '../../ports/records.ts';
import { openRecords } from '../open-records.ts';
import type { Scope } from '../scope.ts';

interface Found {
  readonly info: NamespaceInfo;
  /** It was the same when it was looked up before: a guess that is likely to hold. */
  readonly isSteady: boolean;
}

/** Namespaces that are remembered; about 300 bytes each. */
const rememberedMax = 10_000;

export class LastFound {
  /** The one that was looked up last is the last. */
  readonly #found = new Map<string, Found>();

  /** Undefined where it was not the same the last two times. */
  expected(tenant: TenantId, name: NamespaceName): NamespaceInfo | undefined {
    const found = this.#found.get(placeOf(tenant, name));
    return found?.isSteady ? found.info : undefined;
  }

  note(tenant: TenantId, name: NamespaceName, info: NamespaceInfo | undefined): void {
    const place = placeOf(tenant, name);
    const before = this.#found.get(place);
    this.#found.delete(place);
    if (!info) return;
    const isSteady = before !== undefined && isSameState(before.info, info);
    this.#found.set(place, { info, isSteady });
    if (this.#found.size <= rememberedMax) return;
    const [oldest] = this.#found.keys();
    if (oldest !== undefined) this.#found.delete(oldest);
  }
}

interface Place {
  readonly records: Parameters<typeof openRecords>[0];
  /** Absent: it is looked up first. */
  readonly lastFound?: LastFound | undefined;
}

/**
 * What `work` makes of the namespace as it is now. It may be called twice, and what it does then
 * must be worth nothing but its answer.
 */
export async function withNamespace<Answer>(
  { records: deps, lastFound }: Place,
  scope: Scope,
  name: NamespaceName,
  work: (records: TenantRecords, info: NamespaceInfo | undefined) => Promise<Answer>,
): Promise<Answer> {
  requireNamespace(scope.access, name);
  const expected = lastFound?.expected(scope.tenant, name);
  const records = openRecords(deps, scope, expected);
  const looking = records.namespace(name);
  const guessed = expected && settled(work(records, expected));
  const info = await looking;
  lastFound?.note(scope.tenant, name, info);
  if (guessed && info && isSameState(expected, info)) return (await guessed)();
  return work(records, info);
}

/** What an answer rests on. */
function isSameState(one: NamespaceInfo, other: NamespaceInfo): boolean {
  return (
    one.no === other.no &&
    one.epoch === other.epoch &&
    one.seq === other.seq &&
    one.arrivals === other.arrivals &&
    one.generation === other.generation
  );
}

/** Its answer or its fault, for when somebody wants to know. */
async function settled<Answer>(work: Promise<Answer>): Promise<() => Answer> {
  try {
    const answer = await work;
    return () => answer;
  } catch (error) {
    return () => {
      throw error;
    };
  }
}

const placeOf = (tenant: TenantId, name: NamespaceName): string => `${tenant}\n${name}`;
