import { expect, test } from 'vitest';
import type { Group, Query } from './data.ts';
import { foreignQuestions, renamedQuestions } from './run.ts';

function query(id: string, gold: string[]): Query {
  return { id, text: id, category: 'all', gold, goldSessions: [], unanswerable: false };
}

function group(name: string, texts: string[], queries: Query[]): Group {
  const items = texts.map((value, index) => ({ value, metadata: { doc: `d${index}` } }));
  return { name, items, queries };
}

function asked(groups: Group[]): string[] {
  return foreignQuestions(groups).map((question) => `${question.query.id}@${question.home.name}`);
}

test('each group asks the next one, and the last the first', () => {
  const groups = ['a', 'b', 'c'].map((name) => group(name, [name], [query(`q${name}`, ['d0'])]));
  expect(asked(groups)).toEqual(['qa@b', 'qb@c', 'qc@a']);
  expect(asked(groups.slice(0, 1))).toEqual([]);
});

test('translations of the same questions are not foreign to each other', () => {
  const groups = [
    group('en', ['cat'], [query('1', ['d0'])]),
    group('de', ['Katze'], [query('1', ['d0'])]),
    group('other', ['dog'], [query('2', ['d0'])]),
  ];
  expect(asked(groups)).toEqual(['1@other', '1@other', '2@en']);
});

test('a query is not asked where half of its gold is said too', () => {
  const queries = [
    query('1', ['d0']),
    query('2', ['d1']),
    query('3', []),
    query('4', ['d0', 'd1']),
    query('5', ['d0', 'd1', 'd2']),
  ];
  const groups = [
    group('a', ['same', 'own', 'mine'], queries),
    group('b', ['same'], [query('6', ['d0'])]),
  ];
  expect(asked(groups)).toEqual(['2@b', '5@b']);
});

test('speakers are renamed as whole words, and questions without one are left out', () => {
  const spoken = (name: string, speakers: string[], ids: string[]): Group => ({
    ...group(
      name,
      ['x'],
      ids.map((id) => query(id, ['d0'])),
    ),
    items: speakers.map((speaker) => ({ value: speaker + name, speaker, metadata: { doc: 'd0' } })),
  });
  const groups = [
    spoken('a', ['Ida', 'Tom'], ['What did Ida give Tom?', 'Who is Idaho?']),
    spoken('b', ['Eva', 'Max'], []),
  ];
  expect(renamedQuestions(foreignQuestions(groups)).map((question) => question.text)).toEqual([
    'What did Eva give Max?',
  ]);
});
