/** Random memories and random filters over a small world, so that they often meet. */
import fc from 'fast-check';
import type { JsonValue } from '../memory.ts';
import type { Filtered } from './matches-filter.ts';

const labels = ['pro', 'Pro', 'free', 'ä', 'a\u0308', 'prop', ''];
const scalarArb = fc.oneof(
  fc.constantFrom(...labels),
  fc.constantFrom(0, 1, 5, -2.5, 10),
  fc.boolean(),
  fc.constant(null),
);
const { json: metadataValueArb } = fc.letrec<{ json: JsonValue }>((tie) => ({
  json: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    scalarArb,
    fc.array(tie('json'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom('a', 'b', 'a.b', '__proto__'), tie('json'), { maxKeys: 2 }),
  ),
}));

export const metadataArb = fc.dictionary(
  fc.constantFrom('plan', 'a', 'n', 'a\u0308'),
  metadataValueArb,
  {
    maxKeys: 3,
    noNullPrototype: true,
  },
);

const timeArb = fc.constantFrom(1000, 2000, 3000);
const noneOr = <T>(arb: fc.Arbitrary<T>) => fc.option(arb, { nil: null });

export const columnsArb = fc.record({
  kind: fc.constantFrom('episode', 'fact', 'derived'),
  audience: fc.constantFrom('user', 'system'),
  trust: fc.constantFrom('normal', 'normal', 'flagged'),
  pinned: fc.boolean(),
  archived: fc.constantFrom(false, false, true),
  importance: fc.constantFrom(0.5, 0.7, 0.8),
  confidence: fc.constantFrom(0.3, 1),
  occurredAt: timeArb,
  validFrom: noneOr(timeArb),
  validTo: noneOr(timeArb),
});

export const contentArb = fc.record(
  {
    key: fc.constantFrom('k1', 'k2'),
    type: fc.constantFrom('note', 'Note'),
    speaker: fc.constantFrom('ann', 'bob'),
    tags: fc.uniqueArray(fc.constantFrom('work', 'homework', 'Work')),
    metadata: metadataArb,
  },
  { requiredKeys: ['tags', 'metadata'] },
);

export const filteredArb: fc.Arbitrary<Filtered> = fc
  .record({ columns: columnsArb, body: contentArb, createdAt: timeArb, expiresAt: noneOr(timeArb) })
  .map(({ columns, ...rest }) => ({ ...columns, ...rest, updatedAt: rest.createdAt + 1000 }));

const ranges = ['gt', 'gte', 'lt', 'lte'];
const equal = ['eq', 'ne'];
const lists = ['in', 'nin'];

function conditionArb(valueArb: fc.Arbitrary<unknown>, single: readonly string[]) {
  const present = valueArb.filter((value) => value !== null);
  const plain = fc.tuple(fc.constantFrom(...equal), valueArb);
  const many = fc.tuple(fc.constantFrom(...lists), fc.array(valueArb, { maxLength: 3 }));
  const exists = fc.tuple(fc.constant('exists'), fc.boolean());
  const others = single.length === 0 ? [] : [fc.tuple(fc.constantFrom(...single), present)];
  const operators = fc.oneof(plain, many, exists, ...others);
  return fc.oneof(
    valueArb,
    operators.map(([name, value]) => ({ [name]: value })),
  );
}

const textArb = fc.constantFrom('k1', 'note', 'Note', 'ann', 'work', 'WORK', 'or', null);
const clauseArb = fc.oneof(
  fc.tuple(
    fc.constantFrom('key', 'type', 'speaker', 'tags'),
    conditionArb(textArb, ['contains', 'icontains']),
  ),
  fc.tuple(
    fc.constantFrom(
      'metadata.plan',
      'metadata.a',
      'metadata.a.b',
      'metadata.n',
      'metadata.plan.a',
      'metadata.ä',
    ),
    conditionArb(scalarArb, ['contains', 'icontains']),
  ),
  fc.tuple(
    fc.constantFrom('metadata.plan', 'metadata.a', 'metadata.n'),
    conditionArb(fc.constantFrom(0, 1, 5, 'pro', 'q'), ranges),
  ),
  fc.tuple(fc.constant('kind'), conditionArb(fc.constantFrom('episode', 'fact', null), [])),
  fc.tuple(fc.constant('audience'), conditionArb(fc.constantFrom('user', 'system'), [])),
  fc.tuple(fc.constant('trust'), conditionArb(fc.constantFrom('normal', 'flagged'), [])),
  fc.tuple(fc.constantFrom('pinned', 'archived'), conditionArb(fc.boolean(), [])),
  fc.tuple(
    fc.constantFrom('importance', 'confidence'),
    conditionArb(fc.constantFrom(0.3, 0.7, 0.8, null), ranges),
  ),
  fc.tuple(
    fc.constantFrom(
      'occurred_at',
      'created_at',
      'updated_at',
      'valid_from',
      'valid_to',
      'expires_at',
    ),
    conditionArb(fc.constantFrom(1, 2, 3, '1970-01-01T00:00:02Z', null), ranges),
  ),
);

/** The language of the wire, always valid. */
export const filterJsonArb: fc.Arbitrary<Record<string, unknown>> = fc.letrec<{
  group: Record<string, unknown>;
}>((tie) => ({
  group: fc.oneof(
    { depthSize: 'small', maxDepth: 3, withCrossShrink: true },
    clauseArb.map(([field, condition]) => ({ [field]: condition })),
    fc
      .tuple(
        fc.constantFrom('AND', 'OR', 'NOT'),
        fc.array(tie('group'), { minLength: 1, maxLength: 3 }),
      )
      .map(([name, parts]) => ({ [name]: parts })),
    fc
      .tuple(clauseArb, tie('group'))
      .map(([[field, condition], part]) => ({ [field]: condition, OR: [part] })),
  ),
})).group;
