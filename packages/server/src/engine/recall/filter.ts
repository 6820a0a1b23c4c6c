/** What a search may be narrowed to, translated to the index's columns and exact fields. */
import { type Filter, filterNames } from '../../domain/filter/filter.ts';
import { matchesFilter } from '../../domain/filter/matches-filter.ts';
import {
  type Audience,
  isStanding,
  type Kind,
  type Memory,
  type NamespaceName,
} from '../../domain/memory.ts';
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
  /** Flagged memories are left out too. */
  readonly trusted?: boolean;
  /** Only memories that stand without being asked for: pinned or important ones. */
  readonly standing?: boolean;
  /** The filter language. */
  readonly where?: Filter;
}

export function indexFilter(
  deps: EngineDeps,
  scope: Scope,
  namespace: NamespaceName,
  filter: RecallFilter,
): IndexFilter {
  return {
    ...timeFilterOf(filter),
    ...contentFilter(filter),
    ...(filter.kind && { kinds: [filter.kind] }),
    ...(filter.audience && { audience: filter.audience }),
    ...(filter.trusted && { trusted: true }),
    ...(filter.standing && { standing: true }),
    ...(filter.key !== undefined && {
      keyHash: deps.hashKey(scope.tenant, namespace, filter.key),
    }),
  };
}

function contentFilter({ tagsAll = [], tagsAny, type, speaker, where }: RecallFilter): IndexFilter {
  const all = tagsAll.map(fieldTerm.tag);
  if (type !== undefined) all.push(fieldTerm.type(type));
  if (speaker !== undefined) all.push(fieldTerm.speaker(speaker));
  return {
    ...(all.length > 0 && { fieldsAll: all }),
    ...(tagsAny && { fieldsAny: tagsAny.map(fieldTerm.tag) }),
    ...(where && { where }),
  };
}

/** Archived memories take part only where a filter names them. */
export function showsArchived({ where }: RecallFilter): boolean {
  return where !== undefined && filterNames(where, 'archived');
}

/** So do quarantined ones. */
export function showsQuarantined({ where }: RecallFilter): boolean {
  return where !== undefined && filterNames(where, 'trust');
}

/**
 * Whether a memory is shown for the filter. With `asOf` it is given in its version of that time,
 * and what was replaced or archived then is not shown: the index knows the current version only.
 */
export function passesFilter(memory: Memory, filter: RecallFilter): boolean {
  return !wasHidden(memory, filter) && unmetConditions(memory, filter).length === 0;
}

function wasHidden({ archived, supersededAt, trust }: Memory, filter: RecallFilter): boolean {
  const { asOf } = filter;
  if (trust === 'quarantined' && !showsQuarantined(filter)) return true;
  if (asOf === undefined) return false;
  const wasReplaced = supersededAt !== null && supersededAt <= asOf;
  return wasReplaced || (archived && !showsArchived(filter));
}

/** The conditions of the filter that a memory does not meet, by the names of the wire. */
export function unmetConditions(memory: Memory, filter: RecallFilter): string[] {
  const { body, ...columns } = memory;
  const { tagsAll, tagsAny, key, kind, type, audience, speaker, trusted, standing } = filter;
  const { occurredFrom, occurredTo, validAt, asOf, where } = filter;
  const { occurredAt, validFrom, validTo, createdAt } = columns;
  const unmet: Record<string, boolean> = {
    'tags.all': tagsAll?.some((tag) => !body.tags.includes(tag)) ?? false,
    'tags.any': tagsAny !== undefined && !tagsAny.some((tag) => body.tags.includes(tag)),
    key: key !== undefined && key !== body.key,
    kind: kind !== undefined && kind !== columns.kind,
    type: type !== undefined && type !== body.type,
    audience: audience !== undefined && audience !== columns.audience,
    speaker: speaker !== undefined && speaker !== body.speaker,
    trust: trusted === true && columns.trust !== 'normal',
    pinned: standing === true && !isStanding(columns),
    occurred_after: occurredFrom !== undefined && occurredAt < occurredFrom,
    occurred_before: occurredTo !== undefined && occurredAt >= occurredTo,
    valid_at:
      validAt !== undefined &&
      ((validFrom !== null && validFrom > validAt) || (validTo !== null && validTo <= validAt)),
    as_of: asOf !== undefined && createdAt > asOf,
    filter: where !== undefined && !matchesFilter(memory, where),
  };
  return Object.keys(unmet).filter((name) => unmet[name] === true);
}
