/** `reverie restore`: a data folder from a backup, or one memory from the archive. */
import { Command } from 'commander';
import type { Restoration, RestoreProgress } from '../actions.ts';
import { type ConnectionOptions, withConnection } from '../connection.ts';
import type { CliContext } from '../context.ts';
import { countOf, json, plain } from '../output.ts';
import { createProgress } from '../progress.ts';
import { settingsOf, withSettings } from '../setting-flags.ts';
import { megabytes } from './backup.ts';
import { setAside } from './update.ts';

export function restoreCommand(context: CliContext): Command {
  const command = new Command('restore')
    .description('make a data folder of a backup, or bring an archived memory back')
    .argument('<file-or-id>', 'a file of "reverie backup", or the id of a memory (mem_...)');
  const flags = ['dataDir', 'erasures'];
  return withSettings(withConnection(command), flags).action(
    async (named: string, options: ConnectionOptions) => {
      // A file of such a name is ./mem_...
      if (named.startsWith('mem_')) return setAside(context, 'restore', named, options);
      const settings = settingsOf({ ...options }, context);
      const { restore } = await context.actions();
      const progress = createProgress((text) => context.err(text));
      const report = await restore(settings, named, (step) => progress.tell(() => stepOf(step)));
      if (options.json) return context.out(json({ ok: true, ...presented(report) }));
      context.out(told(report, settings.dataDir));
    },
  );
}

function stepOf(progress: RestoreProgress): string {
  if (progress.step === 'read') return `${megabytes(progress.bytes)} read\n`;
  return `${progress.done} of ${progress.total} forgets looked at\n`;
}

function presented({ madeAt, isListed, ...counts }: Restoration) {
  return { made_at: new Date(madeAt).toISOString(), listed: isListed, ...counts };
}

function told(report: Restoration, folder: string): string {
  const { madeAt, isListed, forgets, memories, namespaces } = report;
  const made = new Date(madeAt).toISOString().slice(0, 16).replace('T', ' ');
  const gone = countOf(memories, 'memory', 'memories');
  const names = namespaces === 0 ? '' : ` and ${countOf(namespaces, 'namespace', 'namespaces')}`;
  const again = `Forgotten since, and gone again: ${gone}${names}.\n`;
  const restored = `Restored into ${plain(folder)} as of ${made} UTC.\n`;
  if (forgets > 0) return restored + again;
  if (isListed) return `${restored}Nothing was forgotten since.\n`;
  const unlisted =
    'What was forgotten since is back: the list of erasures of the lost folder was not there.\n' +
    'If you have it, restore into another folder with --erasures FILE.\n';
  return restored + unlisted;
}
