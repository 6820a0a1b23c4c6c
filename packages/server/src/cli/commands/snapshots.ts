/** `reverie snapshots`: marks in the history of a namespace, to compare with and to go back to. */
import type { ComparedMemory, RestoreResult, Snapshot } from '@reverie/sdk';
import { Command } from 'commander';
import { type ConnectionOptions, connect, withConnection } from '../connection.ts';
import type { CliContext } from '../context.ts';
import { countOf, json, plain } from '../output.ts';

export function snapshotsCommand(context: CliContext): Command {
  return new Command('snapshots')
    .description('mark the state of a namespace, compare with it, and go back to it')
    .helpCommand(false)
    .addCommand(listCommand(context))
    .addCommand(createCommand(context))
    .addCommand(compareCommand(context))
    .addCommand(restoreCommand(context))
    .addCommand(deleteCommand(context));
}

function listCommand(context: CliContext): Command {
  const command = new Command('list').description('show the snapshots, oldest first');
  return withConnection(command).action(async (options: ConnectionOptions) => {
    const snapshots = await connect(options, context).snapshots();
    if (options.json) return context.out(json(snapshots));
    for (const snapshot of snapshots) context.out(lineOf(snapshot));
    context.err(`${countOf(snapshots.length, 'snapshot', 'snapshots')}\n`);
  });
}

function createCommand(context: CliContext): Command {
  const command = new Command('create')
    .description('mark the state of now')
    .argument('<name>', 'how you will know it');
  return withConnection(command).action(async (name: string, options: ConnectionOptions) => {
    const snapshot = await connect(options, context).createSnapshot(name);
    context.out(options.json ? json(snapshot) : lineOf(snapshot));
  });
}

function compareCommand(context: CliContext): Command {
  const command = new Command('compare')
    .description('tell what became of each memory since')
    .argument('<id>', 'the id of a snapshot');
  return withConnection(command).action(async (id: string, options: ConnectionOptions) => {
    const client = connect(options, context);
    const first = await client.compareSnapshot(id, { limit: pageSize }, patient);
    const changed: ComparedMemory[] = [...first.results];
    for (let cursor = first.nextCursor; cursor !== null; ) {
      const page = await client.compareSnapshot(id, { limit: pageSize, cursor }, patient);
      changed.push(...page.results);
      cursor = page.nextCursor;
    }
    if (options.json) return context.out(json({ ...first, results: changed, nextCursor: null }));
    for (const memory of changed) context.out(`${memory.change.padEnd(10)}  ${memory.id}\n`);
    const counts = Object.entries(first.counts ?? {}).filter(([, count]) => count > 0);
    const told = counts.map(([kind, count]) => `${count} ${kind}`).join(', ');
    context.err(told === '' ? 'Nothing has changed.\n' : `${told}\n`);
  });
}

/** The whole history since the snapshot is read at once. */
const patient = { timeoutMs: 60 * 60 * 1000 };

/** Memories asked for at once. */
const pageSize = 1000;

function restoreCommand(context: CliContext): Command {
  const command = new Command('restore')
    .description('go back to it by new versions; what was erased stays erased')
    .argument('<id>', 'the id of a snapshot')
    .option('--dry-run', 'only tell what would be done');
  return withConnection(command).action(
    async (id: string, options: ConnectionOptions & { readonly dryRun?: boolean }) => {
      const { dryRun } = options;
      const result = await connect(options, context).restoreSnapshot(id, { dryRun }, patient);
      context.out(options.json ? json(result) : restoredLines(result));
    },
  );
}

function deleteCommand(context: CliContext): Command {
  const command = new Command('delete')
    .description('remove the mark; the memories stay as they are')
    .argument('<id>', 'the id of a snapshot');
  return withConnection(command).action(async (id: string, options: ConnectionOptions) => {
    await connect(options, context).deleteSnapshot(id);
    context.out(options.json ? json({ deleted: id }) : 'The snapshot is gone.\n');
  });
}

function lineOf({ id, name, memories, createdAt, restoring }: Snapshot): string {
  const size = countOf(memories, 'memory', 'memories');
  const half = restoring ? '  a restore was cut short: ask for it again' : '';
  return `${id}  ${createdAt}  ${plain(name)} (${size})${half}\n`;
}

function restoredLines(result: RestoreResult): string {
  const { dryRun, restored, archived, kept, erased, unknown, before } = result;
  const parts = [
    `${restored} brought back`,
    `${archived} that came later archived`,
    ...(kept > 0 ? [`${kept} with later writes left alone`] : []),
    ...(erased > 0 ? [`${erased} erased since and gone`] : []),
    ...(unknown > 0 ? [`${unknown} without a version of that time`] : []),
  ];
  const said = `${dryRun ? 'Would be: ' : ''}${parts.join(', ')}.\n`;
  return before === null ? said : `${said}The state before is the snapshot ${before}.\n`;
}
