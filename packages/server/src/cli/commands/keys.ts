/** `reverie keys`: the root key of a data folder. */
import { Command } from 'commander';
import type { CliContext } from '../context.ts';
import { json } from '../output.ts';
import { settingsOf, withSettings } from '../setting-flags.ts';

export function keysCommand(context: CliContext): Command {
  const reset = new Command('reset')
    .description('make a new root key; the former one stops working')
    .option('--json', 'print JSON');
  withSettings(reset, ['dataDir', 'records']).action(async (options: Record<string, unknown>) => {
    const settings = settingsOf(options, context);
    const { resetRootKey } = await context.actions();
    const made = await resetRootKey(settings);
    if (options.json) return context.out(json(made));
    context.out(`${made.key}\n`);
    const kept = made.path === undefined ? 'It is shown this once.' : `It is in ${made.path}`;
    context.err(`This is the new root key; the former one no longer works. ${kept}\n`);
  });
  return new Command('keys').description('look after the root key').addCommand(reset);
}
