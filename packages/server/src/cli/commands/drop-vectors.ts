/** `reverie drop-vectors`: empties a system for vectors that is not to have any of the store. */
import { Command } from 'commander';
import type { CliContext } from '../context.ts';
import { countOf, json, plain } from '../output.ts';
import { settingsOf, withSettings } from '../setting-flags.ts';

export function dropVectorsCommand(context: CliContext): Command {
  const command = new Command('drop-vectors')
    .description(
      'take all vectors of the store out of the system that REVERIE_VECTORS and its settings ' +
        'name; no server may hold the folder',
    )
    .option('--json', 'print JSON');
  const flags = ['dataDir', 'records'];
  return withSettings(command, flags).action(async (options: Record<string, unknown>) => {
    const settings = settingsOf(options, context);
    const { dropVectors } = await context.actions();
    const { system, wasEmpty, places } = await dropVectors(settings);
    if (options.json) {
      return context.out(json({ ok: true, system, was_empty: wasEmpty, namespaces: places }));
    }
    const done = wasEmpty ? 'had nothing of this store' : 'has nothing of this store any more';
    const were = countOf(places, 'namespace was', 'namespaces were');
    context.out(`${plain(system)} ${done}; ${were} known to be there.\n`);
  });
}
