/** `reverie list`: the memories of a namespace, newest first. */
import type { Filter } from '@reverie/sdk';
import { Command, Option } from 'commander';
import { type ConnectionOptions, connect, withConnection } from '../connection.ts';
import type { CliContext } from '../context.ts';
import { countOf, memoryLines } from '../output.ts';
import { filterDoc, parseFilterOption } from '../parse-filter-option.ts';
import { parseNumber } from '../parse-number.ts';

interface ListOptions extends ConnectionOptions {
  readonly limit: number;
  readonly all?: boolean;
  readonly key?: string;
  readonly filter?: Filter;
  readonly tag?: string;
  readonly kind?: 'episode' | 'fact' | 'derived';
  readonly order?: 'asc' | 'desc';
  readonly archived?: true | 'only';
  readonly after?: string;
  readonly before?: string;
  readonly validAt?: string;
  readonly asOf?: string;
}

/** Memories asked for in one page when everything is wanted. */
const pageSize = 200;

export function listCommand(context: CliContext): Command {
  const command = new Command('list')
    .description('list memories; with --json one per line')
    .option('-l, --limit <count>', 'at most so many', parseNumber, 20)
    .option('-a, --all', 'all of them')
    .option('-k, --key <key>', 'only under this key')
    .option('-f, --filter <json>', filterDoc, parseFilterOption)
    .option('-t, --tag <tag>', 'only with this tag')
    .addOption(new Option('--kind <kind>', 'only these').choices(['episode', 'fact', 'derived']))
    .addOption(
      new Option('--archived [only]', 'archived ones too, or those alone').choices(['only']),
    )
    .option('--after <time>', 'said or happened then or later, as 2026-05-08 or with a time')
    .option('--before <time>', 'said or happened before')
    .option('--valid-at <time>', 'what held then')
    .option('--as-of <time>', 'what was known then')
    .addOption(new Option('--order <order>', 'oldest or newest first').choices(['asc', 'desc']));
  return withConnection(command).action(async (options: ListOptions) => {
    const { key, tag, kind, order, filter, archived, after, before, validAt, asOf } = options;
    const wanted = options.all ? Number.POSITIVE_INFINITY : options.limit;
    const limit = Math.max(1, Math.min(wanted, pageSize));
    const memories = connect(options, context).list({
      ...{ key, tag, filter, kind, order, limit, archived },
      ...{ occurredAfter: after, occurredBefore: before, validAt, asOf },
    });
    let shown = 0;
    if (wanted > 0) {
      for await (const memory of memories) {
        context.out(options.json ? `${JSON.stringify(memory)}\n` : memoryLines(memory));
        shown += 1;
        if (shown >= wanted) break;
      }
    }
    if (!options.json) context.err(`${countOf(shown, 'memory', 'memories')}\n`);
  });
}
