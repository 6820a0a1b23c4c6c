/** `reverie forget`: erases one memory by id, or everything under a key. */
import type { ForgetInput } from '@reverie/sdk';
import { Command } from 'commander';
import { type ConnectionOptions, connect, withConnection } from '../connection.ts';
import type { CliContext } from '../context.ts';
import { UsageError } from '../failure.ts';
import { countOf, json } from '../output.ts';

interface ForgetOptions extends ConnectionOptions {
  readonly key?: string;
}

export function forgetCommand(context: CliContext): Command {
  const command = new Command('forget')
    .description('erase a memory, or everything under a key')
    .argument('[id]', 'the id of a memory')
    .option('-k, --key <key>', 'the key, instead of an id');
  return withConnection(command).action(async (id: string | undefined, options: ForgetOptions) => {
    const result = await connect(options, context).forget(selectorOf(id, options.key));
    if (options.json) return context.out(json(result));
    const count = countOf(result.forgotten, 'memory is', 'memories are');
    context.out(result.forgotten === 0 ? 'There was nothing to forget.\n' : `${count} gone.\n`);
  });
}

function selectorOf(id: string | undefined, key: string | undefined): ForgetInput {
  if (id !== undefined && key === undefined) return { id };
  if (key !== undefined && id === undefined) return { key };
  throw new UsageError('Name an id, or a key with --key, and not both.');
}
