/** Finds what a forget names: rows of one namespace, and what was made of them. */
import { requireAudience } from '../../domain/access.ts';
import { decodeBody } from '../../domain/body-codec.ts';
import { MemoryError } from '../../domain/errors.ts';
import type { Kind, MemoryId, NamespaceName, TenantId } from '../../domain/memory.ts';
import type { RecordRow, TenantRecords } from '../../ports/records.ts';
import { createTurns } from '../../util/turns.ts';
import type { EngineDeps } from '../deps.ts';
import { openRecords } from '../open-records.ts';
import { type RecallFilter, unmetConditions } from '../recall/filter.ts';
import { memoryOf } from '../rows.ts';
import type { Scope } from '../scope.ts';
import type { Selector } from './receipt.ts';

export type ForgetSelector =
  | { readonly memoryId: MemoryId; readonly namespace?: NamespaceName }
  | { readonly key: string; readonly namespace: NamespaceName }
  | { readonly filter: RecallFilter; readonly namespace: NamespaceName }
  /** The namespace itself, with all that it holds. */
  | { readonly everything: true; readonly namespace: NamespaceName };

export interface Selection {
  readonly selector: Selector;
  readonly namespace: NamespaceName;
  /** Undefined where there is no such namespace. */
  readonly namespaceNo: number | undefined;
  /** Row numbers of what was named, ascending. */
  readonly named: readonly number[];
  /** Row numbers of what was made of it, ascending. */
  readonly derived: readonly number[];
  /** Rows from this number on came too late to be looked at. */
  readonly seenTo: number;
  /** Memories for the `system` audience that would be among them, had the scope leave for it. */
  readonly kept: number;
}

const rowsPerPage = 256;

/**
 * Throws memory_not_found for an id, and permission_denied for that of a memory for the `system`
 * audience; whatever else names nothing selects nothing, and leaves such memories where they are.
 */
export async function select(
  deps: EngineDeps,
  scope: Scope,
  request: ForgetSelector,
): Promise<Selection> {
  const records = openRecords(deps, scope);
  if ('memoryId' in request) return selectById(scope, records, request);
  const { namespace } = request;
  const selector = selectorOf(request);
  const info = await records.namespace(namespace);
  const none = { selector, namespace, namespaceNo: undefined, named: [], derived: [], seenTo: 1 };
  if (!info) return { ...none, kept: 0 };
  const { no: namespaceNo, generation } = info;
  // What is stored while this runs was not meant.
  const { nextOrdinal } = await records.index(namespaceNo, generation).state();
  const spares = !scope.access.allowsSystem(namespace);
  const space = { tenant: scope.tenant, records, namespaceNo, end: nextOrdinal, spares };
  const named: Named[] = [];
  const kept = new Set<number>();
  for await (const rows of pagesOf(deps, scope, space, request)) {
    const wanted = 'filter' in request ? rows.filter((row) => matches(row, request)) : rows;
    for (const { ordinal, id, audience } of wanted) {
      if (spares && audience === 'system') kept.add(ordinal);
      else named.push({ ordinal, id });
    }
  }
  const ordinals = named.map(({ ordinal }) => ordinal);
  const found = { selector, namespace, namespaceNo, named: ordinals, seenTo: nextOrdinal };
  const made = selector === 'namespace' ? nothingMade : await madeOf(space, named);
  for (const ordinal of made.kept) kept.add(ordinal);
  return { ...found, derived: made.derived, kept: kept.size };
}

function selectorOf(request: Exclude<ForgetSelector, { memoryId: MemoryId }>): Selector {
  if ('key' in request) return 'key';
  return 'filter' in request ? 'filter' : 'namespace';
}

/** A row of the namespace. */
export interface Named {
  readonly ordinal: number;
  readonly id: MemoryId;
}

/** A part of a namespace. */
export interface Space {
  readonly tenant: TenantId;
  readonly records: TenantRecords;
  readonly namespaceNo: number;
  /** The first row; absent: from the beginning. */
  readonly start?: number;
  /** Up to the row before this one; absent: to the end. */
  readonly end?: number;
  /** Memories for the `system` audience are not to go. */
  readonly spares: boolean;
}

async function selectById(
  { tenant, access }: Scope,
  records: TenantRecords,
  { memoryId, namespace }: { memoryId: MemoryId; namespace?: NamespaceName },
): Promise<Selection> {
  const found = await records.byId([memoryId]);
  const match = found.find((item) => namespace === undefined || item.namespace === namespace);
  if (!match) throw new MemoryError('memory_not_found');
  const { namespaceNo, row } = match;
  requireAudience(access, match.namespace, row.audience);
  const spares = !access.allowsSystem(match.namespace);
  const generation = (await records.namespace(match.namespace))?.generation ?? 0;
  const { nextOrdinal } = await records.index(namespaceNo, generation).state();
  const space = { tenant, records, namespaceNo, end: nextOrdinal, spares };
  const { derived, kept } = await madeOf(space, [row]);
  const place = { namespace: match.namespace, namespaceNo, seenTo: nextOrdinal };
  return { selector: 'id', ...place, named: [row.ordinal], derived, kept: kept.length };
}

/** Replaced, archived and expired rows too: they hold what is to be forgotten as well. */
async function* pagesOf(
  deps: EngineDeps,
  scope: Scope,
  space: Space,
  request: ForgetSelector,
): AsyncGenerator<RecordRow[]> {
  const { namespace } = request;
  if ('key' in request && namespace !== undefined) {
    const keyHash = deps.hashKey(scope.tenant, namespace, request.key);
    yield* walk(space, { keyHash });
  } else yield* walk(space, {});
}

/** Page by page, in the order in which they came. */
export async function* walk(
  { tenant, records, namespaceNo, start = 1, end = Number.POSITIVE_INFINITY }: Space,
  narrowed: Pick<Parameters<TenantRecords['page']>[1], 'kind' | 'keyHash'>,
): AsyncGenerator<RecordRow[]> {
  const turns = createTurns(tenant);
  let after = start - 1;
  for (;;) {
    const query = { ...narrowed, order: 'asc', all: true, after, limit: rowsPerPage } as const;
    const rows = await records.page(namespaceNo, query, 0);
    yield rows.filter(({ ordinal }) => ordinal < end);
    const last = rows.at(-1);
    if (last === undefined || rows.length < rowsPerPage || last.ordinal >= end) return;
    after = last.ordinal;
    if (turns.due()) await turns.next();
  }
}

function matches(
  row: RecordRow,
  { filter, namespace }: { readonly filter: RecallFilter; readonly namespace: NamespaceName },
): boolean {
  return unmetConditions(memoryOf(namespace, row), filter).length === 0;
}

const derivedKind: Kind = 'derived';

interface Made {
  /** Ascending. */
  readonly derived: readonly number[];
  readonly kept: readonly number[];
}

const nothingMade: Made = { derived: [], kept: [] };

/**
 * Derived memories with any source among the rows, and those made of them in turn: what they say
 * comes from what is forgotten. Dreams make them again of the sources that are left.
 */
export async function madeOf(space: Space, sources: readonly Named[]): Promise<Made> {
  const gone = new Set(sources.map(({ id }) => id));
  if (gone.size === 0) return nothingMade;
  const madeFrom = await derivedBySource(space);
  const derived: number[] = [];
  const kept: number[] = [];
  const turns = createTurns(space.tenant);
  // Each row is taken up once, however long the chains are: a file of an import may lead anywhere.
  const waiting = [...gone];
  for (let source = waiting.pop(); source !== undefined; source = waiting.pop()) {
    for (const { ordinal, id, audience } of madeFrom.get(source) ?? []) {
      if (gone.has(id)) continue;
      gone.add(id);
      (space.spares && audience === 'system' ? kept : derived).push(ordinal);
      waiting.push(id);
    }
    if (turns.due()) await turns.next();
  }
  return { derived: derived.sort((a, b) => a - b), kept };
}

type Derived = Named & Pick<RecordRow, 'audience'>;

async function derivedBySource(space: Space): Promise<ReadonlyMap<MemoryId, readonly Derived[]>> {
  const bySource = new Map<MemoryId, Derived[]>();
  for await (const rows of walk(space, { kind: derivedKind })) {
    for (const { ordinal, id, audience, body } of rows) {
      const one = { ordinal, id, audience };
      for (const source of decodeBody(body).derivedFrom) {
        const made = bySource.get(source);
        if (made) made.push(one);
        else bySource.set(source, [one]);
      }
    }
  }
  return bySource;
}
