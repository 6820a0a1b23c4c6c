/** The few calls of the memory API that the benchmarks make, with their replies checked. */
import type { JsonClient } from './client.ts';
import { field, listField, numberField, textField } from './json.ts';

export const signalNames = [
  'vector',
  'text',
  'entity',
  'thread',
  'time',
  'speaker',
  'question',
] as const;
export type SignalName = (typeof signalNames)[number];
export type Signals = Readonly<Record<SignalName, boolean>>;

/** A choice of signals by a rule on their names. */
export function signalsWhere(isOn: (name: SignalName) => boolean): Signals {
  return {
    vector: isOn('vector'),
    text: isOn('text'),
    entity: isOn('entity'),
    thread: isOn('thread'),
    time: isOn('time'),
    speaker: isOn('speaker'),
    question: isOn('question'),
  };
}

/** One memory as it goes over the wire (snake_case). */
export interface Item {
  readonly value: string;
  readonly key?: string;
  readonly mode?: 'append' | 'replace';
  readonly speaker?: string;
  readonly occurred_at?: string;
  readonly metadata?: Readonly<Record<string, string>>;
}

export interface Found {
  readonly id: string;
  readonly value: string;
  /** metadata.doc, the id of the document in the data file. */
  readonly doc: string | undefined;
  /** In [0, 1]. */
  readonly score: number;
}

export interface Answer {
  readonly results: readonly Found[];
  /** query_time_ms of the reply: the search inside the server. */
  readonly serverMs: number;
  readonly httpMs: number;
}

/** Stores up to 1,000 items in one request; the ids in order. Throws when one was refused. */
export async function storeBulk(
  client: JsonClient,
  namespace: string,
  items: readonly Item[],
): Promise<string[]> {
  const reply = await client.send('POST', '/v1/memory/bulk', { namespace, items });
  const failed = numberField(reply.body, 'failed');
  if (reply.status >= 300 || failed !== 0) {
    throw new Error(`bulk answered ${reply.status}: ${JSON.stringify(reply.body).slice(0, 400)}`);
  }
  return listField(reply.body, 'results').map((result) => textField(result, 'id') ?? '');
}

/** Stores any number of items, `size` per request, `inFlight` requests at a time. */
export async function importAll(
  client: JsonClient,
  namespace: string,
  items: readonly Item[],
  options: { size?: number; inFlight?: number } = {},
): Promise<void> {
  const size = options.size ?? 500;
  for (let start = 0; start < items.length; ) {
    // Requests of one round may commit in any order, so threads stay in order only at one.
    const round: Promise<string[]>[] = [];
    for (let n = 0; n < (options.inFlight ?? 1) && start < items.length; n += 1, start += size) {
      round.push(storeBulk(client, namespace, items.slice(start, start + size)));
    }
    await Promise.all(round);
  }
}

/** Searches one namespace. Throws on any status but 200. */
export async function search(
  client: JsonClient,
  query: { query: string; namespace: string; limit?: number; signals?: Signals },
): Promise<Answer> {
  const reply = await client.send('POST', '/v1/memory/search', query);
  const serverMs = numberField(reply.body, 'query_time_ms');
  if (reply.status !== 200 || serverMs === undefined) {
    throw new Error(`search answered ${reply.status}: ${JSON.stringify(reply.body).slice(0, 400)}`);
  }
  const results = listField(reply.body, 'results').map((result) => ({
    id: textField(result, 'id') ?? '',
    value: textField(result, 'value') ?? '',
    doc: textField(field(result, 'metadata'), 'doc'),
    score: numberField(result, 'score') ?? 0,
  }));
  return { results, serverMs, httpMs: reply.ms };
}
