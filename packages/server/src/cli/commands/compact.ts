/** `reverie compact`: writes the files anew, so that no byte of what was forgotten is left. */
import { Command } from 'commander';
import type { CliContext } from '../context.ts';
import { countOf, json, plain } from '../output.ts';
import { settingsOf, withSettings } from '../setting-flags.ts';
import { megabytes } from './backup.ts';

export function compactCommand(context: CliContext): Command {
  const command = new Command('compact')
    .description('write the files anew without what was forgotten; the server must not be running')
    .option('--json', 'print JSON');
  const flags = ['dataDir', 'erasures'];
  return withSettings(command, flags).action(async (options: Record<string, unknown>) => {
    const settings = settingsOf(options, context);
    const { compact } = await context.actions();
    const { bytesBefore, bytesAfter, erased, keptIn } = await compact(settings);
    if (options.json) {
      const sizes = { bytes_before: bytesBefore, bytes_after: bytesAfter };
      return context.out(json({ ok: true, ...sizes, erased, kept_in: keptIn }));
    }
    const receipts = countOf(erased, 'receipt says', 'receipts say');
    context.out(`${megabytes(bytesBefore)} before, ${megabytes(bytesAfter)} now.\n`);
    context.out(erased === 0 ? '' : `${receipts} erased now.\n`);
    const where = plain(keptIn.join(', '));
    if (where !== '') context.out(`Others stay hidden: vectors may still be in ${where}.\n`);
  });
}
