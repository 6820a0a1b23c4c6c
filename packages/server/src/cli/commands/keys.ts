/** `reverie keys`: the keys of a tenant, and the root key of a data folder. */
import type { ApiKey, Grant, MadeKey, Permission } from '@reverie/sdk';
import { Command, Option } from 'commander';
import { type ConnectionOptions, connect, withConnection } from '../connection.ts';
import type { CliContext } from '../context.ts';
import { listOut } from '../list-out.ts';
import { json, plain } from '../output.ts';
import { parseNumber } from '../parse-number.ts';
import { settingsOf, withSettings } from '../setting-flags.ts';

export function keysCommand(context: CliContext): Command {
  return new Command('keys')
    .description('make, list, rotate and revoke keys')
    .helpCommand(false)
    .addCommand(listCommand(context))
    .addCommand(createCommand(context))
    .addCommand(rotateCommand(context))
    .addCommand(revokeCommand(context))
    .addCommand(selfCommand(context))
    .addCommand(resetCommand(context));
}

function listCommand(context: CliContext): Command {
  const command = new Command('list').description('show the keys of the tenant');
  return withConnection(command).action(async (options: ConnectionOptions) => {
    await listOut(context, options, connect(options, context).keys(), lineOf);
  });
}

interface CreateOptions extends ConnectionOptions {
  readonly allow: Permission[];
  readonly admin?: boolean;
  readonly operator?: boolean;
  readonly expires?: string;
}

function createCommand(context: CliContext): Command {
  const command = new Command('create')
    .description('make a key; with --namespace it works there only ("user-*" for many)')
    .argument('<label>', 'how you will know it')
    .addOption(
      new Option('--allow <permission...>', 'what it may do')
        .choices(['read', 'write', 'forget', 'dream', 'system'])
        .default(['read', 'write', 'forget', 'dream']),
    )
    .option('--admin', 'it may make and revoke keys')
    .option('--operator', 'it may look after the server and its tenants')
    .option('--expires <time>', 'when it stops working, as 2027-05-08 or with a time');
  return withConnection(command).action(async (label: string, options: CreateOptions) => {
    const { allow: permissions, namespace = '*', admin, operator, expires: expiresAt } = options;
    const grants: Grant[] = [{ permissions, namespaces: [namespace] }];
    const input = { label, grants, admin, operator, expiresAt };
    tellMade(context, options, await connect(options, context).createKey(input));
  });
}

function rotateCommand(context: CliContext): Command {
  const command = new Command('rotate')
    .description('give a key another secret; its memories stay')
    .argument('<id>', 'the id of a key')
    .option('--grace <seconds>', 'how long the former one works beside it', parseNumber);
  return withConnection(command).action(
    async (id: string, options: ConnectionOptions & { readonly grace?: number }) => {
      const graceSeconds = options.grace;
      tellMade(context, options, await connect(options, context).rotateKey(id, { graceSeconds }));
    },
  );
}

function revokeCommand(context: CliContext): Command {
  const command = new Command('revoke')
    .description('end a key; it opens nothing from now on')
    .argument('<id>', 'the id of a key');
  return withConnection(command).action(async (id: string, options: ConnectionOptions) => {
    await connect(options, context).revokeKey(id);
    context.out(options.json ? json({ revoked: id }) : 'The key is revoked.\n');
  });
}

function selfCommand(context: CliContext): Command {
  const command = new Command('self').description('tell what the key in use may do');
  return withConnection(command).action(async (options: ConnectionOptions) => {
    const own = await connect(options, context).ownKey();
    if (options.json) return context.out(json(own));
    context.out(`${own.id} of tenant ${own.tenant}: ${mayDo(own)}\n`);
  });
}

function resetCommand(context: CliContext): Command {
  const reset = new Command('reset')
    .description('make a new root key; the former one stops working')
    .option('--json', 'print JSON');
  return withSettings(reset, ['dataDir', 'records']).action(
    async (options: Record<string, unknown>) => {
      const settings = settingsOf(options, context);
      const { resetRootKey } = await context.actions();
      const made = await resetRootKey(settings);
      if (options.json) return context.out(json(made));
      context.out(`${made.key}\n`);
      const kept = made.path === undefined ? 'It is shown this once.' : `It is in ${made.path}`;
      context.err(`This is the new root key; the former one no longer works. ${kept}\n`);
    },
  );
}

/** The key alone on standard output, so that it can be piped to where it is kept. */
function tellMade(context: CliContext, options: ConnectionOptions, made: MadeKey): void {
  context.out(options.json ? json(made) : `${made.key}\n`);
  if (options.json) return;
  context.err(`${made.apiKey.id}: ${mayDo(made.apiKey)}. The key is shown this once.\n`);
}

function lineOf(key: ApiKey): string {
  const expires = key.expiresAt === null ? '' : `  until ${key.expiresAt}`;
  return `${key.id}  ${key.hint}  ${plain(key.label)}  ${mayDo(key)}${expires}\n`;
}

function mayDo({
  grants,
  admin,
  operator,
}: {
  readonly grants: readonly Grant[];
  readonly admin: boolean;
  readonly operator: boolean;
}): string {
  const parts = grants.map(
    ({ permissions, namespaces }) => `${permissions.join('+')} in ${plain(namespaces.join(', '))}`,
  );
  return [...parts, ...(admin ? ['admin'] : []), ...(operator ? ['operator'] : [])].join('; ');
}
