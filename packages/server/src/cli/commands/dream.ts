/** `reverie dream`: plans changes to a namespace, shows them, applies them, and undoes them. */
import type { ReverieClient } from '@reverie/sdk';
import { type Dream, type DreamInput, ReverieError } from '@reverie/sdk';
import { Command } from 'commander';
import { type ApplyOptions, autoApplyOf } from '../auto-apply-options.ts';
import { type ConnectionOptions, connect, withConnection } from '../connection.ts';
import type { CliContext } from '../context.ts';
import { diffLines, dreamLine, outcomeLine } from '../dream-lines.ts';
import { json, plain } from '../output.ts';
import { parseNumber } from '../parse-number.ts';

export function dreamCommand(context: CliContext): Command {
  return new Command('dream')
    .description('consolidate memories: plan, read the plan, apply it, undo it')
    .helpCommand(false)
    .addCommand(runCommand(context))
    .addCommand(listCommand(context))
    .addCommand(showCommand(context))
    .addCommand(applyCommand(context))
    .addCommand(discardCommand(context))
    .addCommand(cancelCommand(context))
    .addCommand(undoCommand(context));
}

interface RunOptions extends ConnectionOptions, ApplyOptions {
  readonly strategy?: DreamInput['strategies'];
  readonly before?: string;
  readonly memories?: number;
  readonly seconds?: number;
  readonly dryRun?: boolean;
}

function runCommand(context: CliContext): Command {
  const command = new Command('run')
    .description('plan; nothing is changed before the plan is applied')
    .option('-s, --strategy <name...>', 'only these; all of them when absent')
    .option('--before <time>', 'compress leaves alone what happened later')
    .option('--memories <count>', 'read at most so many', parseNumber)
    .option('--seconds <count>', 'plan at most so long', parseNumber)
    .option('--apply [confidence]', 'apply at once what is as sure as that; 0.9', parseNumber)
    .option('--additions-only', 'apply at once only what leaves stored memories as they are')
    .option('--dry-run', 'a plan that can only be read');
  return withConnection(command).action(async (options: RunOptions) => {
    const client = connect(options, context);
    const { strategy: strategies, before, memories, seconds, dryRun } = options;
    const autoApply = autoApplyOf(options);
    const input = { strategies, before, autoApply, dryRun, budget: { memories, seconds } };
    const dream = await followed(client, await client.startDream(input), context);
    if (options.json) return context.out(json(await wholeDiff(client, dream.id)));
    await tell(client, dream.id, context);
  });
}

/** Says what is being done while it is. */
async function followed(
  client: ReverieClient,
  started: Dream,
  { err }: CliContext,
): Promise<Dream> {
  let dream = started;
  let told: string | null = null;
  while (dream.endedAt === null) {
    ({ dream } = await client.dreamPage(dream.id, { limit: 1, waitMs: 500 }));
    const { done, current } = dream.progress;
    if (current !== told && current !== null) {
      err(`${done.length + 1} of ${dream.strategies.length}: ${current}\n`);
    }
    told = current;
  }
  return dream;
}

/** Actions asked for at once. */
const pageSize = 200;

async function wholeDiff(client: ReverieClient, id: string) {
  const first = await client.dreamPage(id, { limit: pageSize });
  const { diff } = first;
  for (let cursor = first.nextCursor; cursor !== null; ) {
    const page = await client.dreamPage(id, { limit: pageSize, cursor });
    diff.actions.push(...page.diff.actions);
    diff.added.push(...page.diff.added);
    diff.updated.push(...page.diff.updated);
    diff.superseded.push(...page.diff.superseded);
    diff.archived.push(...page.diff.archived);
    diff.linked.push(...page.diff.linked);
    Object.assign(diff.memories, page.diff.memories);
    cursor = page.nextCursor;
  }
  return { dream: first.dream, diff };
}

async function tell(client: ReverieClient, id: string, context: CliContext): Promise<void> {
  const { dream, diff } = await wholeDiff(client, id);
  context.out(diffLines(diff));
  for (const note of dream.notes) context.err(`${plain(note)}\n`);
  for (const { strategy, reason, count } of dream.dropped) {
    context.err(`${strategy}: left out ${count}, ${plain(reason)}\n`);
  }
  context.err(outcomeLine(dream));
  if (dream.error) throw new ReverieError('internal', plain(dream.error.message));
}

function listCommand(context: CliContext): Command {
  const command = new Command('list').description('show the dreams of a namespace, newest first');
  return withConnection(command).action(async (options: ConnectionOptions) => {
    const dreams: Dream[] = [];
    for await (const dream of connect(options, context).dreams()) dreams.push(dream);
    if (options.json) return context.out(json(dreams));
    for (const dream of dreams) context.out(dreamLine(dream));
  });
}

function showCommand(context: CliContext): Command {
  const command = new Command('show')
    .description('show what a dream would change, or has changed, and why')
    .argument('<id>', 'the id of a dream');
  return withConnection(command).action(async (id: string, options: ConnectionOptions) => {
    const client = connect(options, context);
    if (options.json) return context.out(json(await wholeDiff(client, id)));
    await tell(client, id, context);
  });
}

function applyCommand(context: CliContext): Command {
  const command = new Command('apply')
    .description('apply a dream, or some of its actions, in one step')
    .argument('<id>', 'the id of a dream')
    .argument('[actions...]', 'ids of actions; all that wait when absent');
  return withConnection(command).action(
    async (id: string, actions: string[], options: ConnectionOptions) => {
      const named = actions.length === 0 ? {} : { actions };
      const result = await connect(options, context).applyDream(id, named);
      if (options.json) return context.out(json(result));
      const dropped = result.dropped === 0 ? '' : `, ${result.dropped} dropped`;
      context.out(`${result.applied} applied${dropped}\n`);
      if (result.applied > 0) context.err(`Undo it with: reverie dream undo ${id}\n`);
    },
  );
}

function discardCommand(context: CliContext): Command {
  const command = new Command('discard')
    .description('never apply what of a dream is not applied yet')
    .argument('<id>', 'the id of a dream');
  return withConnection(command).action(async (id: string, options: ConnectionOptions) => {
    const dream = await connect(options, context).discardDream(id);
    context.out(options.json ? json(dream) : dreamLine(dream));
  });
}

function cancelCommand(context: CliContext): Command {
  const command = new Command('cancel')
    .description('end a dream that runs')
    .argument('<id>', 'the id of a dream');
  return withConnection(command).action(async (id: string, options: ConnectionOptions) => {
    const dream = await connect(options, context).cancelDream(id);
    context.out(options.json ? json(dream) : dreamLine(dream));
  });
}

function undoCommand(context: CliContext): Command {
  const command = new Command('undo')
    .description('make everything as it was before a dream was applied')
    .argument('<id>', 'the id of a dream')
    .option('--partial', 'leave alone what was written since, and undo the rest');
  return withConnection(command).action(
    async (id: string, options: ConnectionOptions & { readonly partial?: boolean }) => {
      const { partial } = options;
      const result = await connect(options, context).undoDream(id, { partial });
      if (options.json) return context.out(json(result));
      const { restored, removed, forgotten, conflicts } = result;
      const gone = forgotten === 0 ? '' : `, ${forgotten} forgotten since`;
      context.out(`${restored} restored, ${removed} removed${gone}\n`);
      for (const { id: memory, reason } of conflicts) {
        context.out(`left alone  ${memory}  ${plain(reason).replaceAll('_', ' ')}\n`);
      }
    },
  );
}
