/**
 * `npm run bench:load`: every speed figure that has a goal, in one run on one machine. Absolute
 * times belong to the machine; ratios are taken interleaved and travel better.
 */
import { rmSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { killRounds } from './kill.ts';
import { createClient } from './lib/client.ts';
import { describeEnvironment, makeTempFolder, probeFsync } from './lib/environment.ts';
import { describeFailure } from './lib/failure.ts';
import { type Cell, formatTable, type Result, round, writeResult } from './lib/results.ts';
import { startServer } from './lib/server.ts';
import { coldFigures } from './load/cold.ts';
import { eventLoopFigures } from './load/event-loop.ts';
import { type Figure, figureTable, skipped } from './load/figure.ts';
import { installSize } from './load/install-size.ts';
import { microFigures } from './load/micro.ts';
import { httpRatio, searchFigures } from './load/search-figures.ts';
import { fill } from './load/store.ts';

const { values: options } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    json: { type: 'string' },
  },
});

const plan = options.quick
  ? { sizes: [1_000, 10_000], searches: 300, seconds: 2, coldRounds: 3, kills: 3 }
  : { sizes: [1_000, 10_000, 100_000], searches: 1_000, seconds: 5, coldRounds: 5, kills: 10 };

async function warmFigures(dataDir: string): Promise<Figure[]> {
  const figures: Figure[] = [];
  const server = await startServer({ dataDir });
  const client = createClient(server);
  try {
    for (const size of plan.sizes) {
      say(`storing ${size} memories`);
      const perSecond = await fill(client, size);
      const what = `bulk import over HTTP, to ${size / 1000}k memories`;
      figures.push({ what, goal: null, value: perSecond, unit: 'memories/s' });
    }
    for (const size of plan.sizes) {
      say(`searching ${size} memories`);
      figures.push(...(await searchFigures(server, size, plan.searches)));
    }
    figures.push(await httpRatio(server, 10_000, plan.searches * 2));
  } finally {
    client.close();
    await server.stop();
  }
  return figures;
}

async function killFigures(): Promise<Figure[]> {
  const report = await killRounds({ rounds: plan.kills });
  return [
    {
      what: `acknowledged memories lost over ${plan.kills} kill -9 during load`,
      goal: 0,
      value: report.lost.length + report.notFound.length,
      unit: 'memories',
      note: `${report.acknowledged} acknowledged; npm run soak does 100 rounds`,
    },
    {
      what: 'restart after kill -9, p50',
      goal: null,
      value: report.restart.p50,
      unit: 'ms',
      series: report.restart,
    },
  ];
}

/** One part that fails is said in its row; the others are still measured. */
async function attempt(what: string, measure: () => Promise<Figure[]>): Promise<Figure[]> {
  say(what);
  try {
    return await measure();
  } catch (error) {
    console.error(error);
    process.exitCode = 1;
    return [skipped(what, null, 'ms', `failed: ${describeFailure(error)}`)];
  }
}

function say(text: string): void {
  console.error(`${(performance.now() / 1000).toFixed(0).padStart(4)} s  ${text}`);
}

async function main(): Promise<void> {
  const dataDir = makeTempFolder('load');
  const fsyncBefore = probeFsync();
  try {
    const size = 10_000;
    const parts: [string, () => Promise<Figure[]>][] = [
      ['warm search', () => warmFigures(dataDir)],
      ['event loop', () => eventLoopFigures(dataDir, size, plan.seconds)],
      ['cold namespaces', () => coldFigures(dataDir, plan.sizes, plan.coldRounds)],
      ['scan and durability', microFigures],
      ['kill -9', killFigures],
      ['install size', async () => [installSize()]],
    ];
    const figures: Figure[] = [];
    for (const [what, measure] of parts) figures.push(...(await attempt(what, measure)));
    const settings: Record<string, Cell> = {
      'memories per namespace': plan.sizes.join(', '),
      'searches per figure': plan.searches,
      'words per memory': '20 to 30',
      'words per query': '6 to 8',
      'raw fsync before, ms': round(fsyncBefore, 3),
      'raw fsync after, ms': round(probeFsync(), 3),
    };
    const table = figureTable(figures);
    console.log(formatTable(table));
    for (const [name, value] of Object.entries(settings)) console.log(`${name}: ${value}`);
    if (options.json === undefined) return;
    const result: Result = {
      kind: 'load',
      name: options.quick ? 'load-quick' : 'load',
      date: new Date().toISOString(),
      command: `npm run bench:load${options.quick ? ' -- --quick' : ''}`,
      settings,
      environment: describeEnvironment(),
      tables: [table],
    };
    writeResult(options.json, result);
  } finally {
    rmSync(dataDir, { recursive: true, force: true });
  }
}

await main();
