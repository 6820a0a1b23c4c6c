/** `reverie export`: a namespace as a file of JSON lines; run again, it completes a cut one. */
import { open } from 'node:fs/promises';
import { Command } from 'commander';
import { type ConnectionOptions, connect, withConnection } from '../connection.ts';
import type { CliContext } from '../context.ts';
import { type FileState, inspectExport } from '../export-file.ts';
import { UsageError } from '../failure.ts';
import { countOf, json, plain } from '../output.ts';
import { createProgress } from '../progress.ts';

interface ExportOptions extends ConnectionOptions {
  readonly out: string;
  readonly history?: boolean;
  readonly force?: boolean;
}

export function exportCommand(context: CliContext): Command {
  const command = new Command('export')
    .description('write a namespace into a file of JSON lines')
    .requiredOption('-o, --out <file>', 'where to; a file that was cut is completed')
    .option('--history', 'former versions too')
    .option('--force', 'write the file anew if it is there');
  return withConnection(command).action(async (options: ExportOptions) => {
    const { out: path, force = false } = options;
    const before: FileState = force ? { kind: 'empty' } : await inspectExport(path);
    if (before.kind === 'whole' || before.kind === 'foreign') {
      const what = before.kind === 'whole' ? 'a whole export' : 'no export';
      throw new UsageError(`${path} is there, and is ${what}.`, 'Name another, or use --force.');
    }
    await write(path, before, options, context);
    const after = await inspectExport(path);
    if (after.kind !== 'whole') {
      const message = `${path} was changed, or written by another export at the same time.`;
      throw new UsageError(message, 'Write it anew with --force.');
    }
    if (options.json) return context.out(json({ ok: true, file: path, count: after.count }));
    context.out(`${countOf(after.count, 'memory', 'memories')} in ${plain(path)}\n`);
  });
}

async function write(
  path: string,
  before: FileState,
  options: ExportOptions,
  context: CliContext,
): Promise<void> {
  const place = before.kind === 'cut' ? before : { cursor: undefined, bytes: 0 };
  const client = connect(options, context);
  const parts = client.exportNamespace({ history: options.history, after: place.cursor });
  const progress = createProgress((text) => context.err(text));
  const iterator = parts[Symbol.asyncIterator]();
  // The server answers before the file is touched: a refusal must not cost what is there.
  let next = await iterator.next();
  const file = await open(path, before.kind === 'cut' ? 'r+' : 'w');
  try {
    await file.truncate(place.bytes);
    let size = place.bytes;
    while (!next.done) {
      await file.write(next.value, 0, next.value.length, size);
      size += next.value.length;
      progress.tell(() => `${Math.round(size / 1024)} KB\n`);
      next = await iterator.next();
    }
    await file.sync();
  } finally {
    await iterator.return?.();
    await file.close();
  }
}
