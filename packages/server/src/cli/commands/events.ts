/** `reverie events`: follows what happens in a namespace. */
import type { EventItem, EventPattern } from '@reverie/sdk';
import { Command } from 'commander';
import { type ConnectionOptions, connect, withConnection } from '../connection.ts';
import type { CliContext } from '../context.ts';
import { plain, shorten } from '../output.ts';

interface EventsOptions extends ConnectionOptions {
  readonly types?: EventPattern[];
  readonly after?: string;
  readonly includeValue?: boolean;
}

export function eventsCommand(context: CliContext): Command {
  const command = new Command('events')
    .description('follow what happens in a namespace, until Ctrl-C')
    .option('--types <type...>', 'what to tell: memory.created, memory.*; all when absent')
    .option('--after <cursor>', 'go on behind this cursor; 0 begins with the first change')
    .option('--include-value', 'show what memories say');
  return withConnection(command).action(async (options: EventsOptions) => {
    const stop = new AbortController();
    void context.untilStopped().then(() => stop.abort());
    const include = options.includeValue ? (['value'] as const) : undefined;
    const { types, after } = options;
    const items = connect(options, context).events({ types, after, include }, stop);
    for await (const item of items) {
      context.out(options.json ? `${JSON.stringify(item)}\n` : lineOf(item));
    }
  });
}

function lineOf(item: EventItem): string {
  if (item.kind === 'reset') return `${item.cursor}  reset: ${plain(item.reason)}\n`;
  const { type, at, memoryId, version, key, memory } = item.event;
  const parts = [
    ...[item.cursor, at, type, memoryId, `version ${version}`],
    ...(key === null ? [] : [`key ${shorten(key, 40)}`]),
    ...(memory ? [shorten(memory.content, 80)] : []),
  ];
  return `${parts.join('  ')}\n`;
}
