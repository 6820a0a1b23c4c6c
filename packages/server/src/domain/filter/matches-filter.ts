/** Whether a memory passes a filter, read from the memory itself: what the words mean. */
import type { Memory } from '../memory.ts';
import {
  type Filter,
  type FilterField,
  type FilterScalar,
  type FilterTest,
  metadataPrefix,
} from './filter.ts';
import { compileTest } from './test-value.ts';
import { walkMetadata } from './walk-metadata.ts';

/** The parts of a memory that filters read. */
export type Filtered = Pick<
  Memory,
  | 'kind'
  | 'audience'
  | 'trust'
  | 'pinned'
  | 'archived'
  | 'importance'
  | 'confidence'
  | 'occurredAt'
  | 'createdAt'
  | 'updatedAt'
  | 'validFrom'
  | 'validTo'
  | 'expiresAt'
> & { readonly body: Pick<Memory['body'], 'key' | 'type' | 'speaker' | 'tags' | 'metadata'> };

/** The same answer as the index gives; slow, and for one memory at a time. */
export function matchesFilter(memory: Filtered, filter: Filter): boolean {
  switch (filter.op) {
    case 'and':
      return filter.of.every((part) => matchesFilter(memory, part));
    case 'or':
      return filter.of.some((part) => matchesFilter(memory, part));
    case 'not':
      return !matchesFilter(memory, filter.of);
    default:
      return passes(memory, filter);
  }
}

function passes(memory: Filtered, { field, operator, operand }: FilterTest): boolean {
  const { holds, negated, missing, present } = compileTest(operator, operand);
  let isThere = false;
  let isAnswered = false;
  visit(memory, field, (value, inList) => {
    isThere = true;
    if (value !== undefined && holds(value, inList)) isAnswered = true;
  });
  const answered = isAnswered || (isThere ? present : missing);
  return answered !== negated;
}

type Visit = (value: string | number | boolean | undefined, inList: boolean) => void;

/** Calls `use` with each value; with undefined for an object or a list that is there. */
function visit({ body, ...columns }: Filtered, field: string, use: Visit): void {
  if (field.startsWith(metadataPrefix)) {
    const wanted = field.slice(metadataPrefix.length);
    const isAt = (path: readonly string[]) => path.join('.').normalize('NFC') === wanted;
    walkMetadata(body.metadata, {
      value: (path, value, inList) => isAt(path) && use(value, inList),
      nested: (path) => isAt(path) && use(undefined, false),
    });
    return;
  }
  if (field === 'tags') {
    for (const tag of body.tags) use(tag, true);
    return;
  }
  const value = columnOf({ body, ...columns }, field);
  if (value !== null && value !== undefined) use(value, false);
}

function columnOf({ body, ...columns }: Filtered, field: string): FilterScalar | undefined {
  const values: Record<Exclude<FilterField, 'tags'>, FilterScalar | undefined> = {
    key: body.key,
    type: body.type,
    speaker: body.speaker,
    kind: columns.kind,
    audience: columns.audience,
    trust: columns.trust,
    pinned: columns.pinned,
    archived: columns.archived,
    importance: columns.importance,
    confidence: columns.confidence,
    occurred_at: columns.occurredAt,
    created_at: columns.createdAt,
    updated_at: columns.updatedAt,
    valid_from: columns.validFrom,
    valid_to: columns.validTo,
    expires_at: columns.expiresAt,
  };
  return new Map(Object.entries(values)).get(field);
}
