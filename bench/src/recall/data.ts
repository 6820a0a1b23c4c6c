/** The form of a data set: groups of documents and queries with gold answers, read one by one. */
import type { Item } from '../lib/api.ts';
import { field, listField, textField } from '../lib/json.ts';
import { parseDate } from './dates.ts';

export interface Query {
  readonly id: string;
  readonly text: string;
  readonly category: string;
  /** Ids of documents of the same group, each once; empty when only sessions are known. */
  readonly gold: readonly string[];
  /** Sessions (`parent` of documents) that hold the answer; empty when the file names none. */
  readonly goldSessions: readonly string[];
  /** The corpus holds no answer, and the file says so. Such a query has no gold. */
  readonly unanswerable: boolean;
}

/** One isolated corpus: it becomes one namespace. */
export interface Group {
  readonly name: string;
  readonly items: readonly Item[];
  readonly queries: readonly Query[];
}

/** What was left out or not understood; it grows while the groups are read. */
export interface Counts {
  groups: number;
  /** Queries left out because nothing is their gold. */
  withoutGold: number;
  /** Gold ids that name no document of their group; they are left out of the gold. */
  unknownGold: number;
  /** Documents whose date could not be read; they are stored without occurred_at. */
  unreadDates: number;
  /** Documents without text: there is nothing to store. */
  emptyDocuments: number;
}

export interface DataSet {
  readonly name: string;
  /** Read once, in order: a large file is never whole in memory. */
  readonly groups: Iterable<Group>;
  readonly counts: Counts;
}

/** Turns parsed JSON in the common format into a data set; throws with the place of a mistake. */
export function parseDataSet(value: unknown): DataSet {
  const groups = listField(value, 'groups');
  if (groups.length === 0) throw new Error('the data file has no groups');
  return toDataSet(textField(value, 'name') ?? 'unnamed', groups);
}

/** A data set of groups in the common format that are made while they are read. */
export function toDataSet(name: string, rawGroups: Iterable<unknown>): DataSet {
  const counts: Counts = {
    groups: 0,
    withoutGold: 0,
    unknownGold: 0,
    unreadDates: 0,
    emptyDocuments: 0,
  };
  function* groups(): Generator<Group> {
    for (const raw of rawGroups) {
      const group = toGroup(raw, counts);
      counts.groups += 1;
      yield group;
    }
  }
  return { name, groups: groups(), counts };
}

function toGroup(raw: unknown, counts: Counts): Group {
  const index = counts.groups;
  const docs = listField(raw, 'docs');
  const items = docs.map((doc, position) => {
    const item = toItem(doc, `groups[${index}].docs[${position}]`);
    if (textField(doc, 'date') !== undefined && item.occurred_at === undefined) {
      counts.unreadDates += 1;
    }
    return item;
  });
  const told = items.filter((item) => item.value.trim() !== '');
  counts.emptyDocuments += items.length - told.length;
  const name = textField(raw, 'group') ?? String(index);
  const ids = new Set(docs.map((doc) => textField(doc, 'id')));
  const sessions = new Set(items.map((item) => item.key));
  const queries: Query[] = [];
  listField(raw, 'queries').forEach((query, position) => {
    const named = [...new Set(listField(query, 'gold').map(String))];
    const gold = named.filter((id) => ids.has(id));
    counts.unknownGold += named.length - gold.length;
    const goldSessions = [...new Set(listField(query, 'goldParents').map(String))].filter((id) =>
      sessions.has(id),
    );
    const text = textField(query, 'text');
    const unanswerable = field(query, 'unanswerable') === true;
    if (text === undefined || (gold.length + goldSessions.length === 0 && !unanswerable)) {
      counts.withoutGold += 1;
      return;
    }
    const id = textField(query, 'id') ?? `${name}#${position}`;
    const category = textField(query, 'category') ?? 'all';
    const right = unanswerable ? { gold: [], goldSessions: [] } : { gold, goldSessions };
    queries.push({ id, text, category, ...right, unanswerable });
  });
  return { name, items: told, queries };
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
