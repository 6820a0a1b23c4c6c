/** Makes everything derived from the records again, one namespace after the other. */
import { MemoryError } from '../../domain/errors.ts';
import type { NamespaceName, TenantId } from '../../domain/memory.ts';
import type { NamespaceInfo, RecordsPort } from '../../ports/records.ts';
import { type Derived, type DerivedPlace, everythingDerived, type Remade } from './derived.ts';

export interface ReindexProgress {
  readonly memories: number;
  readonly total: number;
}

export interface ReindexProblem {
  readonly tenant: TenantId;
  readonly namespace: NamespaceName;
  readonly problem: string;
}

export interface ReindexReport {
  readonly namespaces: number;
  readonly memories: number;
  /** What was made of each kind, and how much of it is not as it was. */
  readonly remade: Readonly<Record<Derived['name'], Pick<Remade, 'made' | 'changed'>>>;
  /** Memories that wait for vectors; a server makes them in the background. */
  readonly pendingVectors: number;
  readonly problems: readonly ReindexProblem[];
}

interface ReindexOptions {
  readonly records: RecordsPort;
  readonly placeOf: (tenant: TenantId, namespace: NamespaceInfo) => DerivedPlace;
  /** Of every tenant that has one of this name; all namespaces when absent. */
  readonly name?: NamespaceName | undefined;
  readonly tell?: (progress: ReindexProgress) => void;
}

type OwnedNamespace = NamespaceInfo & { readonly tenant: TenantId };

const namespacesPerPage = 500;

/** Throws namespace_not_found where nobody has one of the name, and what the store says. */
export async function reindex(options: ReindexOptions): Promise<ReindexReport> {
  const { records, name, tell = () => {} } = options;
  let [namespaces, total] = [0, 0];
  for await (const { memories } of named(records, name)) {
    namespaces += 1;
    total += memories;
  }
  if (name !== undefined && namespaces === 0) throw new MemoryError('namespace_not_found');
  const remade = { analyses: { made: 0, changed: 0 }, images: { made: 0, changed: 0 } };
  const problems: ReindexProblem[] = [];
  let memories = 0;
  for await (const namespace of named(records, name)) {
    const place = options.placeOf(namespace.tenant, namespace);
    for (const derived of everythingDerived) {
      const { made, changed, ...found } = await derived.remake(place, (count) => {
        if (derived.isPerMemory) memories += count;
        tell({ memories, total });
      });
      const sum = remade[derived.name];
      sum.made += made;
      sum.changed += changed;
      const where = { tenant: namespace.tenant, namespace: namespace.name };
      problems.push(...found.problems.map((problem) => ({ ...where, problem })));
    }
  }
  const pendingVectors = await pendingIn(records);
  return { namespaces, memories, remade, pendingVectors, problems };
}

async function* named(
  records: RecordsPort,
  name: NamespaceName | undefined,
): AsyncGenerator<OwnedNamespace, void, undefined> {
  for (let after = 0; ; ) {
    const page = await records.namespaces(after, namespacesPerPage);
    for (const namespace of page) {
      if (name === undefined || namespace.name === name) yield namespace;
      after = namespace.no;
    }
    if (page.length < namespacesPerPage) return;
  }
}

async function pendingIn({ vectors }: RecordsPort): Promise<number> {
  let pending = 0;
  for (const generation of await vectors.used()) {
    pending += (await vectors.counts(generation)).pending;
  }
  return pending;
}
