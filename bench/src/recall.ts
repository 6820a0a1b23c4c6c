/**
 * `npm run bench:recall -- --data FILE`: how much of what should be found is found, at turn level,
 * over HTTP, beside a plain BM25 over the same texts. Several sets end in one summary.
 */
import { rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { createClient } from './lib/client.ts';
import { describeEnvironment, makeTempFolder } from './lib/environment.ts';
import { describeFailure } from './lib/failure.ts';
import { summarizeFloors } from './lib/render-report.ts';
import { formatTable, type Result, round, type Table, writeResult } from './lib/results.ts';
import { startServer } from './lib/server.ts';
import { abstentionTables } from './recall/abstention.ts';
import type { DataSet } from './recall/data.ts';
import { loadDataSet } from './recall/load-data.ts';
import { type Measured, measureDataSet, type WithServer } from './recall/measure.ts';
import { parseOptions, type RecallOptions, usage } from './recall/options.ts';
import { toQueryScores } from './recall/query-scores.ts';
import {
  ablationTables,
  categoryTable,
  floorTable,
  languageTables,
  levelTables,
  timeTable,
} from './recall/tables.ts';

async function main(options: RecallOptions): Promise<void> {
  const results: Result[] = [];
  for (const file of options.files) {
    try {
      const result = await measureFile(file, options);
      for (const table of result.tables) console.log(`${formatTable(table)}\n`);
      results.push(result);
      const dated = `${result.date.slice(0, 10)}-recall-${basename(file, '.json')}.json`;
      if (options.json !== undefined) writeResult(options.json, result);
      if (options.jsonDir !== undefined) writeResult(join(options.jsonDir, dated), result);
    } catch (error) {
      // The other sets are still worth having; the exit status tells of the loss.
      console.error(`${file}: ${describeFailure(error)}\n`);
      process.exitCode = 1;
    }
  }
  if (results.length > 0) console.log(formatTable(summarizeFloors(results)));
}

async function measureFile(file: string, options: RecallOptions): Promise<Result> {
  const data = loadDataSet(file, options.format);
  const { limit, ablation, signals, server } = options;
  // A server of the user may hold an earlier run: appended twice, every turn would be there twice.
  const prefix = `bench-${data.name}${server === undefined ? '' : `-${Date.now()}`}`;
  const withServer = server === undefined ? withOwnServer : withServerOf(server);
  const measured = await measureDataSet(data, withServer, {
    ...{ prefix, limit, ablation },
    ...(signals === undefined ? {} : { signals }),
  });
  const { counts } = data;
  console.error(`${data.name}: ${measured.stored} memories, ${measured.scored.length} queries`);
  return {
    kind: 'recall',
    name: data.name,
    date: new Date().toISOString(),
    command: command(file, options),
    settings: {
      groups: counts.groups,
      limit: measured.limit,
      signals: options.signalsText ?? 'default',
      'queries without gold, left out': counts.withoutGold,
      'gold ids without a document, left out': counts.unknownGold,
      'documents without text, left out': counts.emptyDocuments,
      'dates that could not be read': counts.unreadDates,
    },
    environment: describeEnvironment(),
    tables: tablesOf(data, measured),
    queries: toQueryScores(measured.scored),
  };
}

function tablesOf({ name }: DataSet, measured: Measured): Table[] {
  const { scored, stored, importSeconds } = measured;
  const imported: Table = {
    title: 'Import',
    columns: ['memories', 'seconds', 'memories/s'],
    rows: [[stored, round(importSeconds, 2), round(stored / importSeconds, 0)]],
  };
  return [
    categoryTable(name, scored),
    floorTable(name, scored),
    ...languageTables(scored, measured.languages),
    ...levelTables(measured.leveled),
    ...ablationTables(name, measured.variants),
    ...abstentionTables(measured.asked),
    timeTable(scored),
    imported,
  ];
}

const withOwnServer: WithServer = async (use) => {
  const dataDir = makeTempFolder('recall');
  try {
    const server = await startServer({ dataDir });
    try {
      await withServerOf(server)(use);
    } finally {
      await server.stop();
    }
  } finally {
    rmSync(dataDir, { recursive: true, force: true });
  }
};

function withServerOf({ url, key }: { readonly url: string; readonly key: string }): WithServer {
  return async (use) => {
    const client = createClient({ url, key, sockets: 8 });
    try {
      await use(client);
    } finally {
      client.close();
    }
  };
}

/** The command that measures this one file again. */
function command(file: string, options: RecallOptions): string {
  const format = options.format === 'auto' ? '' : ` --format ${options.format}`;
  const signals = options.signalsText === undefined ? '' : ` --signals ${options.signalsText}`;
  const rest = `${format}${signals}${options.ablation ? ' --ablation' : ''}`;
  const limit = options.limit === 10 ? '' : ` --limit ${options.limit}`;
  return `npm run bench:recall -- --data ${basename(file)}${rest}${limit}`;
}

let options: RecallOptions | undefined;
try {
  options = parseOptions(process.argv.slice(2));
} catch (error) {
  console.error(`${describeFailure(error)}\n\n${usage}`);
  process.exitCode = 2;
}
if (options !== undefined) await main(options);
