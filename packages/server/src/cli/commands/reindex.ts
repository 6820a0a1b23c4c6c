/** `reverie reindex`: makes everything that is derived from the memories again. */
import { Command } from 'commander';
import type { ReindexReport } from '../../engine/reindex/reindex.ts';
import type { CliContext } from '../context.ts';
import { exitCodes } from '../failure.ts';
import { countOf, json, plain } from '../output.ts';
import { settingsOf, withSettings } from '../setting-flags.ts';
import { createRate, createStatusLine } from '../status-line.ts';

interface ReindexOptions {
  readonly namespace?: string;
  readonly json?: boolean;
}

export function reindexCommand(context: CliContext, exit: (code: number) => void): Command {
  const command = new Command('reindex')
    .description('make analyses and indexes again from the memories; no server may hold the folder')
    .option('-n, --namespace <name>', 'only those of this name')
    .option('--json', 'print JSON');
  const flags = ['dataDir', 'records', 'indexMemoryMb'];
  return withSettings(command, flags).action(async (options: ReindexOptions) => {
    const { namespace, ...rest } = options;
    const settings = settingsOf(rest, context);
    const { reindex } = await context.actions();
    const isWatched = context.isWatched && !options.json;
    const line = createStatusLine(isWatched ? (text) => context.err(text) : undefined);
    const rate = createRate();
    const report = await reindex(settings, namespace, ({ memories, total }) => {
      const speed = rate(memories);
      line.show(() => `${memories} of ${total} memories analysed, ${speed}`);
    }).finally(() => line.clear());
    if (report.problems.length > 0) exit(exitCodes.failed);
    if (options.json) return context.out(json(presented(report)));
    for (const sentence of told(report)) context.out(`${plain(sentence)}\n`);
  });
}

function presented({ namespaces, memories, remade, pendingVectors, problems }: ReindexReport) {
  const ok = problems.length === 0;
  return { ok, namespaces, memories, ...remade, pending_vectors: pendingVectors, problems };
}

function told(report: ReindexReport): string[] {
  const { namespaces, memories, remade, pendingVectors, problems } = report;
  const { analyses, images } = remade;
  const places = countOf(namespaces, 'namespace', 'namespaces');
  const part = analyses.made === memories ? '' : `${analyses.made} of `;
  const all = `${part}${countOf(memories, 'memory', 'memories')} in ${places}`;
  const isAre = analyses.changed === 1 ? 'is' : 'are';
  const made = countOf(images.made, 'index', 'indexes');
  const found = problems.map((one) => `${one.tenant}/${one.namespace}: ${one.problem}`);
  const waiting = countOf(pendingVectors, 'memory waits', 'memories wait');
  return [
    `${all} analysed again: ${analyses.changed} ${isAre} not as before. ${made} built and stored.`,
    ...(pendingVectors > 0 ? [`${waiting} for vectors: a running server makes them.`] : []),
    ...found,
    ...(found.length > 0 ? ['"reverie verify" tells more; the memories are as they were.'] : []),
  ];
}
