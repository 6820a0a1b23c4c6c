/** Reads a data file in the common format: groups of documents and queries with gold answers. */
import { readFileSync } from 'node:fs';
import type { Item } from '../lib/api.ts';
import { field, listField, textField } from '../lib/json.ts';
import { parseDate } from './dates.ts';

export interface Query {
  readonly text: string;
  readonly category: string;
  /** Ids of documents of the same group, each once, never empty. */
  readonly gold: readonly string[];
}

/** One isolated corpus: it becomes one namespace. */
export interface Group {
  readonly name: string;
  readonly items: readonly Item[];
  readonly queries: readonly Query[];
}

export interface DataSet {
  readonly name: string;
  readonly groups: readonly Group[];
  /** Queries left out because no document is their gold. */
  readonly withoutGold: number;
  /** Gold ids that name no document of their group; they are left out of the gold. */
  readonly unknownGold: number;
  /** Documents whose date could not be read; they are stored without occurred_at. */
  readonly unreadDates: number;
  /** Documents without text: there is nothing to store. */
  readonly emptyDocuments: number;
}

/** Reads and checks a file. Throws with the place when it has another shape. */
export function readDataSet(path: string): DataSet {
  return parseDataSet(JSON.parse(readFileSync(path, 'utf8')));
}

/** Turns parsed JSON into a data set. */
export function parseDataSet(value: unknown): DataSet {
  const counts = { withoutGold: 0, unknownGold: 0, unreadDates: 0, emptyDocuments: 0 };
  const groups = listField(value, 'groups').map((group, index): Group => {
    const docs = listField(group, 'docs');
    const items = docs.map((doc, position) => {
      const where = `groups[${index}].docs[${position}]`;
      const item = toItem(doc, where);
      if (textField(doc, 'date') !== undefined && item.occurred_at === undefined) {
        counts.unreadDates += 1;
      }
      return item;
    });
    const known = new Set(docs.map((doc) => textField(doc, 'id')));
    const queries: Query[] = [];
    for (const query of listField(group, 'queries')) {
      const named = new Set(listField(query, 'gold').map(String));
      const gold = [...named].filter((id) => known.has(id));
      counts.unknownGold += named.size - gold.length;
      const text = textField(query, 'text');
      if (gold.length === 0 || text === undefined) counts.withoutGold += 1;
      else queries.push({ text, category: textField(query, 'category') ?? 'all', gold });
    }
    const told = items.filter((item) => item.value.trim() !== '');
    counts.emptyDocuments += items.length - told.length;
    return { name: textField(group, 'group') ?? String(index), items: told, queries };
  });
  if (groups.length === 0) throw new Error('the data file has no groups');
  return { name: textField(value, 'name') ?? 'unnamed', groups, ...counts };
}

/** A document as a turn: its session is the key, so a session is one thread. */
function toItem(doc: unknown, where: string): Item {
  const id = textField(doc, 'id');
  const text = field(doc, 'text');
  if (id === undefined || typeof text !== 'string') throw new Error(`${where} lacks id or text`);
  const caption = textField(doc, 'caption');
  const date = textField(doc, 'date');
  const occurredAt = date === undefined ? undefined : parseDate(date);
  const speaker = textField(doc, 'speaker');
  return {
    value: caption === undefined ? text : `${text} [shares image: ${caption}]`.trim(),
    key: textField(doc, 'parent') ?? 'all',
    mode: 'append',
    metadata: { doc: id },
    ...(speaker === undefined ? {} : { speaker }),
    ...(occurredAt === undefined ? {} : { occurred_at: occurredAt }),
  };
}
