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
    return (part) => inner(part).map((bit) => 1 - bit);
  }
  const parts = filter.of.map(compileFilter);
  const isAnd = filter.op === 'and';
  return (part) => {
    const mask = new Uint8Array(part.count).fill(isAnd ? 1 : 0);
    for (const maskOf of parts) {
      const other = maskOf(part);
      for (let i = 0; i < mask.length; i += 1) {
        const [a = 0, b = 0] = [mask[i], other[i]];
        mask[i] = isAnd ? a & b : a | b;
      }
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
  if (attributes === null) return mask.fill(test.missing === test.negated ? 0 : 1);
  const passed = passedSets(attributes, field, test);
  for (let local = 0; local < count; local += 1) {
    mask[local] = passed[attributes.setOf[local] ?? 0] ?? 0;
  }
  return mask;
}

const unknown = 0;
const yes = 1;
const no = 2;

/** Equal sets and equal texts are looked at once. */
function passedSets(table: AttributeTable, field: string, test: CompiledTest): Uint8Array {
  const wanted = table.nodesOf(field);
  const answers = new Uint8Array(table.texts.length * 2);
  const holdsText = (text: number, listed: boolean): boolean => {
    const place = text * 2 + Number(listed);
    if (answers[place] === unknown) {
      answers[place] = test.holds(table.texts[text] ?? '', listed) ? yes : no;
    }
    return answers[place] === yes;
  };
  const passed = new Uint8Array(table.sets);
  for (let set = 0; set < passed.length; set += 1) {
    let isThere = false;
    let isAnswered = false;
    table.visit(set, (node, type, value) => {
      if (wanted[node] !== 1) return;
      isThere = true;
      if (!isAnswered) isAnswered = holdsEntry(type, value);
    });
    const answered = isAnswered || (isThere ? test.present : test.missing);
    passed[set] = answered === test.negated ? 0 : 1;
  }
  return passed;

  function holdsEntry(type: number, value: number): boolean {
    const listed = (type & attributeType.listed) !== 0;
    switch (type & attributeType.mask) {
      case attributeType.text:
        return holdsText(value, listed);
      case attributeType.number:
        return test.holds(value, listed);
      case attributeType.flag:
        return test.holds(value === 1, listed);
      default:
        return false;
    }
  }
}
