/** What `compress` saves and what it costs, as tables. */
import { round, type Table } from '../lib/results.ts';
import { mean } from '../lib/stats.ts';
import type { CompressGroup, CompressScore, Hit } from './measure-compress.ts';

/** Tokens of results that are read from the top for the row that compares like with like. */
const contextTokens = 400;

export function compressTables(groups: readonly CompressGroup[]): Table[] {
  return [mainTable(groups), honestTable(groups), categoryTable(groups), groupTable(groups)];
}

function mainTable(groups: readonly CompressGroup[]): Table {
  const scores = groups.flatMap((group) => group.scores);
  const [before, after] = [total(groups, 'tokensBefore'), total(groups, 'tokensAfter')];
  const [found, through] = [recall(scores, 'before', docsOf), recall(scores, 'after', docsOf)];
  return {
    title: 'compress of everything older than the last five sessions, categories 1-4',
    columns: ['', 'before', 'after', 'difference'],
    rows: [
      ['searchable tokens', before, after, `${percent(after / before - 1)} %`],
      [
        'recall@10 through the sources',
        round(found, 3),
        round(through, 3),
        signed(through - found),
      ],
    ],
  };
}

/**
 * A summary leads to several turns, so ten results lead to more than ten: these rows say how much
 * of the recall is owed to that.
 */
function honestTable(groups: readonly CompressGroup[]): Table {
  const scores = groups.flatMap((group) => group.scores);
  const row = (name: string, digits: number, of: (side: Side) => number) => {
    const [before, after] = [of('before'), of('after')];
    return [name, round(before, digits), round(after, digits), signed(after - before, digits)];
  };
  const perQuery = (of: (hits: readonly Hit[]) => number) => (side: Side) =>
    mean(scores.map((score) => of(score[side])));
  const tokens = perQuery((hits) => hits.reduce((sum, hit) => sum + hit.tokens, 0));
  return {
    title: 'How to read it: what ten results are',
    columns: ['per question', 'before', 'after', 'difference'],
    rows: [
      row('tokens of ten results', 0, tokens),
      row(
        'turns that ten results lead to',
        1,
        perQuery((hits) => distinct(hits).size),
      ),
      row('recall@10 of so many turns at random', 3, (side) =>
        mean(scores.map((score) => distinct(score[side]).size / score.memories)),
      ),
      row('recall@10, a source counts where half of its words are told', 3, (side) =>
        recall(scores, side, toldIn),
      ),
      row(`the same within the first ${contextTokens} tokens`, 3, (side) =>
        recall(scores, side, (hits) => toldIn(within(hits))),
      ),
      row('recall@10 through the sources per 1,000 tokens', 3, (side) => {
        return (1000 * recall(scores, side, docsOf)) / tokens(side);
      }),
      row('recall@10 of what stayed as it was', 3, (side) =>
        recall(scores, side, (hits) => docsOf(hits.filter(({ docs }) => docs.length === 1))),
      ),
    ],
  };
}

function categoryTable(groups: readonly CompressGroup[]): Table {
  const scores = groups.flatMap((group) => group.scores);
  const names = [...new Set(scores.map(({ category }) => category))].sort();
  return {
    title: 'recall@10 by category',
    columns: ['category', 'n', 'before', 'after, through the sources', 'after, told'],
    rows: names.map((name) => {
      const own = scores.filter(({ category }) => category === name);
      const [before, after] = [recall(own, 'before', docsOf), recall(own, 'after', docsOf)];
      const told = recall(own, 'after', toldIn);
      return [name, own.length, round(before, 3), round(after, 3), round(told, 3)];
    }),
  };
}

function groupTable(groups: readonly CompressGroup[]): Table {
  return {
    title: 'By conversation',
    columns: [
      ...['conversation', 'memories', 'archived', 'summaries', 'turns per summary'],
      ...['tokens per summary', 'tokens before', 'tokens after', 'plan, ms per 1,000 memories'],
    ],
    rows: groups.map((one) => [
      ...[one.name, one.memories, one.archived, one.summaries],
      round(one.archived / one.summaries, 1),
      round(one.summaryTokens / one.summaries, 1),
      ...[one.tokensBefore, one.tokensAfter],
      round((1000 * one.planMs) / one.memories, 0),
    ]),
  };
}

type Side = 'before' | 'after';

const docsOf = (hits: readonly Hit[]): string[] => hits.flatMap(({ docs }) => docs);
const toldIn = (hits: readonly Hit[]): string[] => hits.flatMap(({ told }) => told);
const distinct = (hits: readonly Hit[]): Set<string> => new Set(docsOf(hits));

/** The first results that fit as a whole. */
function within(hits: readonly Hit[]): Hit[] {
  let used = 0;
  const end = hits.findIndex(({ tokens }) => {
    used += tokens;
    return used > contextTokens;
  });
  return end < 0 ? [...hits] : hits.slice(0, end);
}

/** Share of the gold among what the results stand for, averaged over questions. */
function recall(
  scores: readonly CompressScore[],
  side: Side,
  standFor: (hits: readonly Hit[]) => string[],
): number {
  return mean(
    scores.map((score) => {
      const found = new Set(standFor(score[side]));
      return score.gold.filter((doc) => found.has(doc)).length / score.gold.length;
    }),
  );
}

function total(groups: readonly CompressGroup[], name: 'tokensBefore' | 'tokensAfter'): number {
  return groups.reduce((sum, group) => sum + group[name], 0);
}

const signed = (value: number, digits = 3): string =>
  `${value < 0 ? '' : '+'}${value.toFixed(digits)}`;
const percent = (share: number): string => (100 * share).toFixed(1);
