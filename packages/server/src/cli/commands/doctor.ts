/** `reverie doctor`: looks at the data folder and everything in it. */
import { Command } from 'commander';
import type { DoctorCheck } from '../actions.ts';
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
    tellChecks(context, checks, { exit, asJson: Boolean(options.json) });
  });
}

/** Prints them, and sets the exit code where one failed. True when all is well. */
export function tellChecks(
  context: CliContext,
  checks: readonly DoctorCheck[],
  { exit, asJson }: { readonly exit: (code: number) => void; readonly asJson: boolean },
): boolean {
  const failed = checks.filter((check) => !check.ok).length;
  const isWell = failed === 0;
  if (!isWell) exit(exitCodes.failed);
  if (asJson) {
    context.out(json({ ok: isWell, checks }));
    return isWell;
  }
  const width = Math.max(0, ...checks.map((check) => check.name.length));
  for (const { name, ok, detail } of checks) {
    context.out(`${ok ? 'ok  ' : 'FAIL'}  ${name.padEnd(width)}  ${plain(detail)}\n`);
  }
  context.out(isWell ? 'All is well.\n' : `${failed} of ${checks.length} need a look.\n`);
  return isWell;
}
