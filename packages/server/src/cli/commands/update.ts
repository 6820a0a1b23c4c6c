/** `reverie update`, `history`, `archive` and `restore`: correcting one memory. */
import type {
  HistoryResult,
  Memory,
  MemoryLink,
  ReverieClient,
  UpdateInput,
  UpdateResult,
} from '@reverie/sdk';
import { Command, Option } from 'commander';
import { MemoryError } from '../../domain/errors.ts';
import { trusts } from '../../domain/memory.ts';
import { type ConnectionOptions, connect, withConnection } from '../connection.ts';
import type { CliContext } from '../context.ts';
import { UsageError } from '../failure.ts';
import { flagLines, json, plain } from '../output.ts';
import { jsonObject } from '../parse-json.ts';
import { linkDoc, parseLinks } from '../parse-link.ts';
import { wholeNumber } from '../parse-number.ts';

interface UpdateOptions extends ConnectionOptions {
  readonly value?: string;
  readonly tag?: string[];
  readonly metadata?: string;
  readonly link?: MemoryLink[];
  readonly type?: string;
  readonly pin?: boolean;
  readonly trust?: NonNullable<UpdateInput['trust']>;
  readonly ifVersion?: string;
}

export function updateCommand(context: CliContext): Command {
  const command = new Command('update')
    .description('change one memory; what is not named stays')
    .argument('<id>', 'the id of a memory')
    .option('--value <text>', 'what it says; - reads standard input')
    .option('-t, --tag <tag...>', 'all of its tags')
    .option('--metadata <json>', 'a JSON object that is merged in; null removes a name')
    .option('--link <type=id>', `${linkDoc}; those that are named are all of them`, parseLinks)
    .option('--type <label>', 'a label of your own')
    .option('--pin', 'tell it in every context')
    .option('--no-pin', 'no longer')
    .addOption(
      new Option('--trust <trust>', 'release it, or put it out of sight; needs system').choices([
        ...trusts,
      ]),
    )
    .option('--if-version <number>', 'only if it still has this version');
  return withConnection(command).action(async (id: string, options: UpdateOptions) => {
    const input = await inputOf(id, options, context);
    const result = await connect(options, context).update(input);
    context.out(options.json ? json(result) : told(result));
    if (result.memory) context.err(flagLines(result.memory));
  });
}

async function inputOf(
  id: string,
  { value, tag, metadata, link, type, pin, trust, ifVersion }: UpdateOptions,
  context: CliContext,
): Promise<UpdateInput> {
  const changes = [value, tag, metadata, link, type, pin, trust];
  if (changes.every((change) => change === undefined)) {
    throw new UsageError(
      'Name what to change: --value, --tag, --metadata, --link, --type, --pin or --trust.',
    );
  }
  return {
    id,
    value: value === '-' ? await context.readInput() : value,
    tags: tag,
    metadata: metadata === undefined ? undefined : jsonObject('--metadata', metadata),
    links: link,
    type,
    pinned: pin,
    trust,
    ifVersion: ifVersion === undefined ? undefined : wholeNumber('--if-version', ifVersion),
  };
}

export function archiveCommand(context: CliContext): Command {
  const command = new Command('archive')
    .description('put one memory aside; only its id still finds it')
    .argument('<id>', 'the id of a memory');
  return withConnection(command).action((id: string, options: ConnectionOptions) =>
    setAside(context, 'archive', id, options),
  );
}

/** What `reverie archive` does, and how `reverie restore` takes it back. */
export async function setAside(
  context: CliContext,
  verb: 'archive' | 'restore',
  id: string,
  options: ConnectionOptions,
): Promise<void> {
  const result = await connect(options, context)[verb](id);
  context.out(options.json ? json(result) : told(result));
}

interface HistoryOptions extends ConnectionOptions {
  readonly all?: boolean;
}

export function historyCommand(context: CliContext): Command {
  const command = new Command('history')
    .description('versions of a memory, newest first')
    .argument('<id>', 'the id of a memory')
    .option('-a, --all', 'all of them, not the newest hundred alone');
  return withConnection(command).action(async (id: string, options: HistoryOptions) => {
    const result = await historyOf(connect(options, context), id, options.all === true);
    context.out(options.json ? json(result) : listed(result));
  });
}

/** Pages as one. */
async function historyOf(
  client: ReverieClient,
  id: string,
  isWhole: boolean,
): Promise<HistoryResult> {
  const first = await client.history(id);
  if (first === undefined) throw new MemoryError('memory_not_found');
  let { versions, chain, nextCursor } = first;
  while (isWhole && nextCursor !== null) {
    const page = await client.history(id, { cursor: nextCursor });
    if (page === undefined) throw new MemoryError('memory_not_found');
    versions = [...versions, ...page.versions];
    const { before, after } = page.chain;
    chain = { before: [...chain.before, ...before], after: [...chain.after, ...after] };
    nextCursor = page.nextCursor;
  }
  return { id: first.id, versions, chain, complete: nextCursor === null, nextCursor };
}

function told({ status, id, version }: UpdateResult): string {
  const said = status === 'updated' ? 'Changed' : 'Nothing to change';
  return `${said}: ${id}, version ${version}\n`;
}

function listed({ versions, chain, complete }: HistoryResult): string {
  const lines = [
    ...chain.after.toReversed().map((memory) => line(memory, `replaced it as ${memory.id}`)),
    ...versions.map((version) => line(version, version.op ?? '')),
    ...chain.before.map((memory) => line(memory, `replaced, was ${memory.id}`)),
    ...(complete ? [] : ['More of them are left out; --all shows them.']),
  ];
  return `${lines.join('\n')}\n`;
}

function line(memory: Memory, note: string): string {
  const when = memory.updatedAt.slice(0, 19).replace('T', ' ');
  const state = memory.archived ? 'archived' : note;
  const said = `${String(memory.version).padStart(3)}  ${when}  ${plain(memory.content)}`;
  return state === '' ? said : `${said}  (${state})`;
}
