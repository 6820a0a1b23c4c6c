/** `reverie migrate`: moves a whole store to another backend; run again, it goes on. */
import { Command } from 'commander';
import type { MoveProgress } from '../../engine/transfer/move-store.ts';
import type { Migration, MigrationPlaces } from '../actions.ts';
import type { CliContext } from '../context.ts';
import { exitCodes } from '../failure.ts';
import { countOf, json, plain } from '../output.ts';
import { settingsOf, withSettings } from '../setting-flags.ts';
import { createRate, createStatusLine } from '../status-line.ts';

const places =
  'a folder, sqlite:/path, postgres://..., dynamodb://TABLE, mongodb://..., or sqlite, postgres, ' +
  'dynamodb or mongodb for what the settings say';

interface MigrateOptions extends MigrationPlaces {
  readonly json?: boolean;
}

export function migrateCommand(context: CliContext, exit: (code: number) => void): Command {
  const command = new Command('migrate')
    .description('move the whole store to another backend and compare both; no server may run')
    .requiredOption('--from <place>', places)
    .requiredOption('--to <place>', 'an empty one, or one that this migration has begun')
    .option('--json', 'print JSON');
  const flags = ['dataDir', 'erasures'];
  return withSettings(command, flags).action(async (options: MigrateOptions) => {
    const settings = settingsOf({ ...options }, context);
    const { migrate } = await context.actions();
    const isWatched = context.isWatched && !options.json;
    const line = createStatusLine(isWatched ? (text) => context.err(text) : undefined);
    const rates = { copy: createRate(), check: createRate() };
    const tell = (progress: MoveProgress): void => {
      const rate = rates[progress.step](progress.rows);
      line.show(() => `${stepOf(progress)}, ${rate}`);
    };
    const report = await migrate(settings, options, tell).finally(() => line.clear());
    if (report.differences.length > 0) exit(exitCodes.failed);
    if (options.json) return context.out(json(presented(report)));
    for (const sentence of told(report)) context.out(`${plain(sentence)}\n`);
  });
}

function stepOf({ step, rows, total }: MoveProgress): string {
  const percent = total === 0 ? 100 : Math.min(100, Math.floor((100 * rows) / total));
  const verb = step === 'copy' ? 'copied' : 'compared';
  return `${percent}% ${verb}, ${rows.toLocaleString('en')} of ${total.toLocaleString('en')} rows`;
}

function presented({ from, to, counts, isResumed, differences, notes }: Migration) {
  const { store: _, ...rows } = counts;
  return {
    ...{ ok: differences.length === 0, from, to, resumed: isResumed, rows },
    differences: differences.map(({ part, tenant, namespace, sourceRows, targetRows }) => ({
      ...{ part, tenant, namespace, source_rows: sourceRows, target_rows: targetRows },
    })),
    notes,
  };
}

function told({ from, to, counts, isResumed, differences, notes }: Migration): string[] {
  const moved = [
    countOf(counts.namespaces, 'namespace', 'namespaces'),
    countOf(counts.memories, 'memory', 'memories'),
    countOf(counts.versions, 'former version', 'former versions'),
    countOf(counts.vectors, 'set of vectors', 'sets of vectors'),
    countOf(counts.changes, 'change', 'changes'),
    countOf(counts.documents, 'document', 'documents'),
    countOf(counts.receipts, 'receipt', 'receipts'),
  ];
  const places = `${from} to ${to}${isResumed ? ', a part of it by an earlier run' : ''}`;
  if (differences.length === 0) {
    const same = 'Both were read again and compared: every row is the same.';
    return [`Moved from ${places}.`, `${moved.join(', ')}.`, same, ...notes];
  }
  const lines = differences.map(({ part, tenant, namespace, sourceRows, targetRows }) => {
    const where = namespace === undefined ? part : `${part} of ${tenant}/${namespace}`;
    const isCount = sourceRows !== targetRows;
    const rows = `${sourceRows} rows in the source, ${targetRows} in the target`;
    return `${where}: ${rows}${isCount ? '' : ', and not all of them say the same'}`;
  });
  const advice =
    'The stores differ, so no server opens the target, and the source is as it was. Look at the ' +
    'source with "reverie verify", empty the target, and begin again.';
  return [`Copied from ${places}.`, ...lines, advice];
}
