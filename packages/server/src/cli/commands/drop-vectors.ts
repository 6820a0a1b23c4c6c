/** `reverie drop-vectors`: empties a system for vectors that is not to have any of the store. */
import { Command } from 'commander';
import type { VectorsDropped } from '../actions.ts';
import type { CliContext } from '../context.ts';
import { countOf, json, plain } from '../output.ts';
import { settingsOf, withSettings } from '../setting-flags.ts';

interface DropOptions extends Record<string, unknown> {
  readonly confirm?: boolean;
  readonly takeOver?: boolean;
  readonly disown?: string;
  readonly json?: boolean;
}

export function dropVectorsCommand(context: CliContext): Command {
  const command = new Command('drop-vectors')
    .description(
      'take all vectors of the store out of the system that REVERIE_VECTORS and its settings ' +
        'name; no server of the store may run',
    )
    .option('--confirm', 'do it; without this it only says which system that is')
    .option('--take-over', 'also where a copy of the store was the last to use the system')
    .option(
      '--disown <system>',
      'touch no system, but take it that this one, as receipts name it, has nothing of the store ' +
        'any more: it belongs to a copy of it, or is gone',
    )
    .option('--json', 'print JSON');
  const flags = ['dataDir', 'records'];
  return withSettings(command, flags).action(async (options: DropOptions) => {
    const { confirm, takeOver, disown } = options;
    const settings = settingsOf(options, context, { mayBeIdle: true });
    const { dropVectors } = await context.actions();
    const dropped = await dropVectors(settings, {
      ...{ isConfirmed: confirm === true, takesOver: takeOver === true, disown },
    });
    const { system, outcome, places } = dropped;
    const answer = { ok: true, outcome, system, namespaces: places };
    context.out(options.json ? json(answer) : tell(dropped, disown !== undefined));
  });
}

function tell({ system, outcome, places }: VectorsDropped, isDisowned: boolean): string {
  const name = plain(system);
  const known = countOf(places, 'namespace', 'namespaces');
  const were = countOf(places, 'namespace was', 'namespaces were');
  switch (outcome) {
    case 'planned':
      return isDisowned
        ? `${name} would not count any more; ${known} of this store may be there. Nothing is ` +
            'changed yet.\nTo do it: the same with --confirm\n'
        : `All vectors of this store in ${name} would go; ${known} known to be there. Nothing is ` +
            'deleted yet.\nTo delete them: the same with --confirm\n';
    case 'disowned':
      return `${name} does not count any more, and was not touched; ${were} known to be there.\n`;
    case 'was_empty':
      return `${name} had nothing of this store; ${were} known to be there.\n`;
    case 'emptied':
      return `${name} has nothing of this store any more; ${were} known to be there.\n`;
  }
}
