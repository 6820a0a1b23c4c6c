/** `reverie embeddings`: the vectors of the server, by the model that made them. */
import type { EmbeddingsStatus } from '@reverie/sdk';
import { Command } from 'commander';
import { type ConnectionOptions, connect, withConnection } from '../connection.ts';
import type { CliContext } from '../context.ts';
import { UsageError } from '../failure.ts';
import { countOf, json, plain } from '../output.ts';

interface EmbeddingsOptions extends ConnectionOptions {
  readonly rollback?: boolean;
  readonly drop?: string;
}

export function embeddingsCommand(context: CliContext): Command {
  const command = new Command('embeddings')
    .description('show the vectors by model and how far they are, or change which are used')
    .option('--rollback', "search by the previous model's vectors again")
    .option('--drop <generation>', 'remove the vectors of a model that is not used any more');
  return withConnection(command).action(async (options: EmbeddingsOptions) => {
    const status = await answer(options, context);
    if (options.json) return context.out(json(status));
    for (const line of linesOf(status)) context.out(`${plain(line)}\n`);
  });
}

function answer(options: EmbeddingsOptions, context: CliContext): Promise<EmbeddingsStatus> {
  const { rollback, drop } = options;
  if (rollback && drop !== undefined) throw new UsageError('Use --rollback or --drop, not both.');
  const client = connect(options, context);
  if (rollback) return client.rollBackEmbeddings();
  if (drop === undefined) return client.embeddings();
  if (!/^[1-9]\d{0,8}$/.test(drop)) throw new UsageError(`${drop} is not the number of one.`);
  return client.dropEmbeddings(Number(drop));
}

function linesOf({ generations, pending, switching, problem }: EmbeddingsStatus): string[] {
  const rows = generations.map(({ generation, model, dimension, ...state }) => {
    const role = state.target ? 'target' : state.previous ? 'previous' : 'kept';
    const missing = state.available ? '' : ', its embedder is not there';
    const used = countOf(state.namespaces, 'namespace', 'namespaces');
    const refused = state.refused === 0 ? '' : `, ${state.refused} refused`;
    const left = `${state.pending} pending${refused}${missing}`;
    return `${generation} ${role}: ${model} (${dimension}), ${used}, ${left}`;
  });
  const left = countOf(switching, 'namespace changes over', 'namespaces change over');
  const done = pending + switching === 0;
  const last = done ? 'Every memory has its vector.' : `${pending} vectors to make, ${left}.`;
  return [...rows, last, ...(problem === null ? [] : [`Problem: ${problem}`])];
}
