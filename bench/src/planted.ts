/**
 * `npm run bench:planted`: what each strategy finds of what is planted for it, and of sentences
 * that nobody wrote for its rules, without a language model.
 */
import { parseArgs } from 'node:util';
import * as made from '../../packages/server/dist/engine/dream/strategies/all-strategies.js';
import type { Strategy } from '../../packages/server/dist/engine/dream/strategy.js';
import { naturalSets } from './dreams/natural/all-sets.ts';
import { plantedCases } from './dreams/planted/all-cases.ts';
import type { PlantedCase } from './dreams/planted-case.ts';
import { scoreNatural } from './dreams/score-natural.ts';
import { budget, offlineTools, snapshotOf } from './dreams/snapshot-of.ts';
import { describeEnvironment } from './lib/environment.ts';
import { describeFailure } from './lib/failure.ts';
import { type Cell, formatTable, type Result, round, writeResult } from './lib/results.ts';

const usage = `npm run bench:planted [-- --json FILE]
  --json FILE   also writes the result as JSON`;

/** Rules were tuned on seeds below ten. */
const seeds = [10, 11, 12, 13];

async function plantedRow(strategy: Strategy, planted: PlantedCase): Promise<Cell[]> {
  let [expected, found, right, memories, ms, deleted] = [0, 0, 0, 0, 0, 0];
  for (const seed of seeds) {
    const namespace = await planted.make(seed);
    const snapshot = await snapshotOf(namespace.memories);
    const start = performance.now();
    const actions = await strategy.plan(snapshot, { budget }, offlineTools());
    ms += performance.now() - start;
    const score = namespace.score(actions);
    expected += score.expected;
    found += score.found;
    right += score.right;
    memories += namespace.memories.length;
    deleted += actions.filter((action) => 'delete' in action || 'forget' in action).length;
  }
  const rates = [round(right / found, 2), round(right / expected, 2)];
  const time = round(ms / seeds.length / 1000, 2);
  return [planted.strategy, seeds.join(', '), memories, expected, ...rates, time, deleted];
}

async function naturalRows(): Promise<Cell[][]> {
  const rows: Cell[][] = [];
  for (const set of naturalSets) {
    const strategy = strategyOf(set.strategy);
    for (const half of [0, 1] as const) {
      const { cases, positives, recalled, found, right } = await scoreNatural(strategy, set, half);
      const rates = [found === 0 ? null : round(right / found, 2), round(recalled / positives, 2)];
      rows.push([set.strategy, half === 0 ? 'known' : 'not seen', cases, positives, ...rates]);
    }
  }
  return rows;
}

function strategyOf(id: string): Strategy {
  const strategy = made.allStrategies.find((one) => one.id === id);
  if (strategy === undefined) throw new Error(`there is no strategy ${id}`);
  return strategy;
}

async function main(json: string | undefined): Promise<void> {
  const planted: Cell[][] = [];
  for (const one of plantedCases) planted.push(await plantedRow(strategyOf(one.strategy), one));
  const result: Result = {
    kind: 'dreams',
    name: 'all strategies, planted and natural sentences',
    date: new Date().toISOString(),
    command: 'npm run bench:planted',
    settings: { 'language model': 'none', embedder: 'builtin' },
    environment: describeEnvironment(),
    tables: [
      {
        title: 'What is planted, in sentences that the rules were written for',
        columns: [
          ...['strategy', 'seeds', 'memories', 'planted', 'precision', 'recall'],
          ...['seconds per namespace', 'sources deleted'],
        ],
        rows: planted,
      },
      {
        title: 'Natural sentences: the half that the rules were mended with, and the other half',
        columns: ['strategy', 'half', 'n', 'to be found', 'precision', 'recall'],
        rows: await naturalRows(),
      },
    ],
  };
  for (const table of result.tables) console.log(`${formatTable(table)}\n`);
  if (json !== undefined) writeResult(json, result);
}

try {
  const { json } = parseArgs({ options: { json: { type: 'string' } } }).values;
  await main(json);
} catch (error) {
  console.error(`${describeFailure(error)}\n\n${usage}`);
  process.exitCode = 2;
}
