/** `reverie backup`: the whole store as one file, from a running server or from its folder. */
import { existsSync } from 'node:fs';
import { Command } from 'commander';
import { readBackup } from '../../backends/files/backup-file.ts';
import { keepFile } from '../../backends/files/keep-file.ts';
import { type ConnectionOptions, connect } from '../connection.ts';
import type { CliContext } from '../context.ts';
import { UsageError } from '../failure.ts';
import { json, plain } from '../output.ts';
import { createProgress, type Progress } from '../progress.ts';
import { settingsOf, withSettings } from '../setting-flags.ts';

interface BackupOptions extends ConnectionOptions {
  readonly out: string;
  readonly force?: boolean;
}

export function backupCommand(context: CliContext): Command {
  const command = new Command('backup')
    .description('write the whole store into one file, while the server runs or without it')
    .requiredOption('-o, --out <file>', 'where to')
    .option('--force', 'write the file anew if it is there')
    .option('--url <url>', 'of the server; else the data folder is looked at first')
    .option('--api-key <key>', 'the key to use; better in REVERIE_API_KEY')
    .option('--json', 'print JSON');
  const flags = ['dataDir', 'erasures'];
  return withSettings(command, flags).action(async (options: BackupOptions) => {
    const { out: path, force = false } = options;
    if (existsSync(path) && !force) {
      throw new UsageError(`${path} is there already.`, 'Name another, or use --force.');
    }
    let bytes = 0;
    const progress = createProgress((text) => context.err(text));
    const content = counted(await contentOf(options, context), progress, (size) => {
      bytes = size;
    });
    // Read again from the disk: a backup that cannot be restored is none.
    await keepFile(path, content, async (written) => void (await readBackup(written)));
    if (options.json) return context.out(json({ ok: true, file: path, bytes }));
    context.out(`${megabytes(bytes)} in ${plain(path)}, read again and whole.\n`);
  });
}

async function contentOf(
  options: BackupOptions,
  context: CliContext,
): Promise<AsyncIterable<Uint8Array>> {
  const isNamed = options.url !== undefined || Boolean(context.env.REVERIE_URL);
  if (!isNamed) {
    const settings = settingsOf({ ...options }, context);
    const { offlineBackup } = await context.actions();
    const offline = await offlineBackup(settings);
    if (offline) return offline.content;
  }
  return connect(options, context).backup();
}

async function* counted(
  content: AsyncIterable<Uint8Array>,
  progress: Progress,
  count: (bytes: number) => void,
): AsyncGenerator<Uint8Array, void, undefined> {
  let bytes = 0;
  for await (const chunk of content) {
    bytes += chunk.length;
    count(bytes);
    progress.tell(() => `${megabytes(bytes)}\n`);
    yield chunk;
  }
}

export const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;
