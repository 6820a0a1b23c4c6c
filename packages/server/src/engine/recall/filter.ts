/** What a search may be narrowed to, translated to the index's columns and exact fields. */
import type { Audience, Kind, NamespaceName } from '../../domain/memory.ts';
import type { IndexFilter } from '../../index/types.ts';
import type { EngineDeps } from '../deps.ts';
import { fieldTerm } from '../fields.ts';
import type { Scope } from '../scope.ts';
import { type TimeFilter, timeFilterOf } from '../time-filter.ts';

export interface RecallFilter extends TimeFilter {
  readonly tagsAll?: readonly string[];
  /** At least one of them; an empty list matches nothing. */
  readonly tagsAny?: readonly string[];
  readonly key?: string;
  readonly kind?: Kind;
  readonly type?: string;
  readonly audience?: Audience;
  readonly speaker?: string;
}

export function indexFilter(
  deps: EngineDeps,
  scope: Scope,
  namespace: NamespaceName,
  filter: RecallFilter,
): IndexFilter {
  const all = (filter.tagsAll ?? []).map(fieldTerm.tag);
  if (filter.type !== undefined) all.push(fieldTerm.type(filter.type));
  if (filter.speaker !== undefined) all.push(fieldTerm.speaker(filter.speaker));
  return {
    ...timeFilterOf(filter),
    ...(all.length > 0 && { fieldsAll: all }),
    ...(filter.tagsAny && { fieldsAny: filter.tagsAny.map(fieldTerm.tag) }),
    ...(filter.kind && { kinds: [filter.kind] }),
    ...(filter.audience && { audience: filter.audience }),
    ...(filter.key !== undefined && {
      keyHash: deps.hashKey(scope.tenant, namespace, filter.key),
    }),
  };
}
