/** Which passages of a part pass a filter: the filter language over columns and attributes. */
import {
  type Filter,
  type FilterField,
  type FilterScalar,
  type FilterTest,
  filterFields,
} from '../domain/filter/filter.ts';
import { type CompiledTest, compileTest } from '../domain/filter/test-value.ts';
import { type AttributeTable, attributeType } from './attribute-table.ts';
import type { Part } from './part.ts';
import type { ColumnArrays } from './passage-columns.ts';
import { kindOf, passageFlag } from './passage-flags.ts';

/** 1 for each document of the part that passes; the arrays are the caller's. */
export type MaskOf = (part: Part) => Uint8Array;

export function compileFilter(filter: Filter): MaskOf {
  if (filter.op === 'test') return compileLeaf(filter);
  if (filter.op === 'not') {
    const inner = compileFilter(filter.of);
    return (part) => {
      const mask = inner(part);
      for (let i = 0; i < mask.length; i += 1) mask[i] = 1 - (mask[i] ?? 0);
      return mask;
    };
  }
  const parts = filter.of.map(compileFilter);
  const isAnd = filter.op === 'and';
  return (part) => {
    const mask = new Uint8Array(part.count).fill(isAnd ? 1 : 0);
    for (const maskOf of parts) {
      const other = maskOf(part);
      if (isAnd)
        for (let i = 0; i < mask.length; i += 1) mask[i] = (mask[i] ?? 0) & (other[i] ?? 0);
      else for (let i = 0; i < mask.length; i += 1) mask[i] = (mask[i] ?? 0) | (other[i] ?? 0);
    }
    return mask;
  };
}

function compileLeaf({ field, operator, operand }: FilterTest): MaskOf {
  const test = compileTest(operator, operand);
  const read = columnOf(field);
  if (read === undefined) return (part) => attributeMask(part, field, test);
  const { holds, negated, missing } = test;
  return ({ columns, count }) => {
    const mask = new Uint8Array(count);
    for (let local = 0; local < count; local += 1) {
      const value = read(columns, local);
      const answered = value === null ? missing : holds(value, false);
      mask[local] = answered === negated ? 0 : 1;
    }
    return mask;
  };
}

type ReadColumn = (columns: ColumnArrays, local: number) => FilterScalar;

const flag =
  (bit: number): ReadColumn =>
  ({ flags }, local) =>
    ((flags[local] ?? 0) & bit) !== 0;

/** Infinity on either side stands for a time that is not set. */
const number =
  (name: 'importance' | 'confidence' | TimeColumn): ReadColumn =>
  (columns, local) => {
    const value = columns[name][local] ?? 0;
    return Number.isFinite(value) ? value : null;
  };

type TimeColumn = 'occurredAt' | 'createdAt' | 'updatedAt' | 'validFrom' | 'validTo' | 'expiresAt';

const columnReaders: Record<
  Exclude<FilterField, 'key' | 'type' | 'speaker' | 'tags'>,
  ReadColumn
> = {
  kind: ({ flags }, local) => kindOf(flags[local] ?? 0),
  audience: ({ flags }, local) =>
    ((flags[local] ?? 0) & passageFlag.system) !== 0 ? 'system' : 'user',
  trust: ({ flags }, local) => {
    const word = flags[local] ?? 0;
    if ((word & passageFlag.quarantined) !== 0) return 'quarantined';
    return (word & passageFlag.flagged) !== 0 ? 'flagged' : 'normal';
  },
  pinned: flag(passageFlag.pinned),
  archived: flag(passageFlag.archived),
  importance: number('importance'),
  confidence: number('confidence'),
  occurred_at: number('occurredAt'),
  created_at: number('createdAt'),
  updated_at: number('updatedAt'),
  valid_from: number('validFrom'),
  valid_to: number('validTo'),
  expires_at: number('expiresAt'),
};

/** Undefined for what stands among the attributes. */
function columnOf(field: string): ReadColumn | undefined {
  const isColumn = Object.hasOwn(filterFields, field);
  return isColumn ? new Map(Object.entries(columnReaders)).get(field) : undefined;
}

function attributeMask({ attributes, count }: Part, field: string, test: CompiledTest): Uint8Array {
  const mask = new Uint8Array(count);
  const outcome = Uint8Array.of(passes(test, absent), passes(test, there), passes(test, answers));
  const nodes = attributes?.nodesOf(field) ?? [];
  if (!attributes || nodes.length === 0) return mask.fill(outcome[absent] ?? 0);
  const states = statesOf(attributes, nodes, test);
  const { setOf } = attributes;
  for (let local = 0; local < count; local += 1) {
    mask[local] = outcome[states[setOf[local] ?? 0] ?? 0] ?? 0;
  }
  return mask;
}

/** What is known of a set: nothing at the field, something, or a value that answers the test. */
const absent = 0;
const there = 1;
const answers = 2;

function passes({ negated, missing, present }: CompiledTest, state: number): 0 | 1 {
  const isAnswered = state === answers || (state === there ? present : missing);
  return isAnswered === negated ? 0 : 1;
}

/** A state for each set. Equal sets and equal texts are looked at once. */
function statesOf(table: AttributeTable, nodes: readonly number[], test: CompiledTest): Uint8Array {
  const { order, types, values } = table.entries;
  const { starts, entries, sets } = order;
  const texts = new TextTest(table.texts, test);
  const states = new Uint8Array(table.sets);
  for (const node of nodes) {
    const end = starts[node + 1] ?? 0;
    for (let i = starts[node] ?? 0; i < end; i += 1) {
      const set = sets[i] ?? 0;
      if (states[set] === answers) continue;
      const entry = entries[i] ?? 0;
      const type = types[entry] ?? 0;
      const value = values[entry] ?? 0;
      const listed = (type & attributeType.listed) !== 0;
      const kind = type & attributeType.mask;
      let holds = false;
      if (kind === attributeType.text) holds = texts.holds(value, listed);
      else if (kind === attributeType.number) holds = test.holds(value, listed);
      else if (kind === attributeType.flag) holds = test.holds(value === 1, listed);
      states[set] = holds ? answers : there;
    }
  }
  return states;
}

const yes = 1;
const no = 2;

/** Remembers the answer for each text of a table. */
class TextTest {
  readonly #texts: readonly string[];
  readonly #test: CompiledTest;
  readonly #known: Uint8Array;

  constructor(texts: readonly string[], test: CompiledTest) {
    this.#texts = texts;
    this.#test = test;
    this.#known = new Uint8Array(texts.length * 2);
  }

  holds(text: number, listed: boolean): boolean {
    const place = text * 2 + (listed ? 1 : 0);
    const known = this.#known[place];
    if (known !== 0) return known === yes;
    const holds = this.#test.holds(this.#texts[text] ?? '', listed);
    this.#known[place] = holds ? yes : no;
    return holds;
  }
}
