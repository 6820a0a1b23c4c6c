/** Imports groups over HTTP and asks their queries under one choice of signals. */
import { importAll, type Signals, search } from '../lib/api.ts';
import type { JsonClient } from '../lib/client.ts';
import { runPool } from '../lib/pool.ts';
import type { Group, Query } from './data.ts';

export interface AskOptions {
  readonly prefix: string;
  readonly limit: number;
  readonly signals?: Signals;
}

/** One query with what came back, best first. */
export interface Answered {
  readonly group: Group;
  readonly query: Query;
  readonly found: readonly { readonly doc: string; readonly score: number }[];
  readonly serverMs: number;
  readonly httpMs: number;
}

/** The namespace of a group: `prefix` keeps runs on one server apart. */
export function namespaceOf(prefix: string, group: string): string {
  return `${prefix}-${group}`;
}

/** Stores every document of every group in order; returns how many. */
export async function importGroups(
  client: JsonClient,
  groups: readonly Group[],
  prefix: string,
): Promise<number> {
  let stored = 0;
  for (const group of groups) {
    await importAll(client, namespaceOf(prefix, group.name), group.items, { size: 200 });
    stored += group.items.length;
  }
  return stored;
}

/** Asks every query of every group where it belongs; answers in order. */
export function askOwn(
  client: JsonClient,
  groups: readonly Group[],
  options: AskOptions,
): Promise<Answered[]> {
  const questions = groups.flatMap((group) =>
    group.queries.map((query) => ({ group, query, home: group, text: query.text })),
  );
  return askAll(client, questions, options);
}

/**
 * The queries of each group, to be asked in another group that cannot answer them: the next one
 * that asks none of the same questions (translations do). A query most of whose gold is said there
 * too, word by word, is left out.
 */
export function foreignQuestions(groups: readonly Group[]): Question[] {
  return groups.flatMap((group, index) => {
    const ids = new Set(group.queries.map((query) => query.id));
    const others = [...groups.slice(index + 1), ...groups.slice(0, index)];
    const home = others.find((other) => !other.queries.some((query) => ids.has(query.id)));
    if (home === undefined) return [];
    const known = new Set(home.items.map((item) => item.value));
    const texts = new Map(group.items.map((item) => [item.metadata?.doc, item.value]));
    const isSaid = (id: string): boolean => known.has(texts.get(id) ?? '');
    return group.queries
      .filter(({ gold }) => gold.length > 0 && gold.filter(isSaid).length * 2 < gold.length)
      .map((query) => ({ group, query, home, text: query.text }));
  });
}

/**
 * Foreign questions with the speakers of their own group replaced by those of the other one: who
 * is asked about then occurs there, so that a name alone does not give the question away. Only
 * questions that change are returned.
 */
export function renamedQuestions(foreign: readonly Question[]): Question[] {
  const named = new Map<Group, string[]>();
  const speakersOf = (group: Group): string[] => {
    const speakers = named.get(group) ?? [
      ...new Set(group.items.flatMap((one) => one.speaker ?? [])),
    ];
    named.set(group, speakers);
    return speakers;
  };
  return foreign.flatMap((question) => {
    const [from, to] = [speakersOf(question.group), speakersOf(question.home)];
    const text = question.text.replace(/[\p{L}\p{N}]+/gu, (word) => {
      const at = from.indexOf(word);
      return at < 0 ? word : (to[at % to.length] ?? word);
    });
    return text === question.text ? [] : [{ ...question, text }];
  });
}

/** Where and how a query is asked. */
export interface Question {
  readonly group: Group;
  readonly query: Query;
  /** The group in whose namespace it is asked. */
  readonly home: Group;
  readonly text: string;
}

/** Asks questions, eight in flight; answers in order. */
export async function askAll(
  client: JsonClient,
  questions: readonly Question[],
  { prefix, limit, signals }: AskOptions,
): Promise<Answered[]> {
  return runPool(questions.length, 8, async (index) => {
    const question = questions[index];
    if (question === undefined) throw new Error('the pool asked for a query that is not there');
    const { group, query, home, text } = question;
    const answer = await search(client, {
      query: text,
      namespace: namespaceOf(prefix, home.name),
      limit,
      ...(signals === undefined ? {} : { signals }),
    });
    const found = answer.results.map(({ doc, id, score }) => ({ doc: doc ?? id, score }));
    return { group, query, found, serverMs: answer.serverMs, httpMs: answer.httpMs };
  });
}
