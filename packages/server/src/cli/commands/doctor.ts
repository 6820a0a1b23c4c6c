/** `reverie doctor`: looks at the data folder and everything in it. */
import { Command } from 'commander';
import type { CliContext } from '../context.ts';
import { exitCodes } from '../failure.ts';
import { json, plain } from '../output.ts';
import { settingsOf, withSettings } from '../setting-flags.ts';

export function doctorCommand(context: CliContext, exit: (code: number) => void): Command {
  const command = new Command('doctor')
    .description('check the data folder, the disk, the model and the indexes')
    .option('--json', 'print JSON');
  return withSettings(command).action(async (options: Record<string, unknown>) => {
    const settings = settingsOf(options, context);
    const { doctor } = await context.actions();
    const { checks } = await doctor(settings);
    const failed = checks.filter((check) => !check.ok).length;
    if (failed > 0) exit(exitCodes.failed);
    if (options.json) return context.out(json({ ok: failed === 0, checks }));
    const width = Math.max(0, ...checks.map((check) => check.name.length));
    for (const { name, ok, detail } of checks) {
      context.out(`${ok ? 'ok  ' : 'FAIL'}  ${name.padEnd(width)}  ${plain(detail)}\n`);
    }
    context.out(failed === 0 ? 'All is well.\n' : `${failed} of ${checks.length} need a look.\n`);
  });
}
