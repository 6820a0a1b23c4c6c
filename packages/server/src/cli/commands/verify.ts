/** `reverie verify`: reads everything in the data folder and says what is damaged. */
import { Command } from 'commander';
import type { CliContext } from '../context.ts';
import { settingsOf, withSettings } from '../setting-flags.ts';
import { tellChecks } from './doctor.ts';

const advice =
  'Keep a copy of the folder as it is. Indexes, vectors and analyses are made again by a running ' +
  'server when they are needed; for everything else restore a backup (docs/guides/backup.md).\n';

export function verifyCommand(context: CliContext, exit: (code: number) => void): Command {
  const command = new Command('verify')
    .description('read everything in the data folder and say what is damaged; changes nothing')
    .option('--json', 'print JSON');
  const flags = ['dataDir', 'erasures'];
  return withSettings(command, flags).action(async (options: Record<string, unknown>) => {
    const settings = settingsOf(options, context);
    const { verify } = await context.actions();
    const { checks } = await verify(settings);
    const isWell = tellChecks(context, checks, { exit, asJson: Boolean(options.json) });
    if (!isWell && !options.json) context.out(advice);
  });
}
