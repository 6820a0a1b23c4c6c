/** `reverie tenants`: whom the server keeps memories for. */
import type { Tenant } from '@reverie/sdk';
import { Command } from 'commander';
import { type ConnectionOptions, connect, withConnection } from '../connection.ts';
import type { CliContext } from '../context.ts';
import { UsageError } from '../failure.ts';
import { listOut } from '../list-out.ts';
import { countOf, json, plain } from '../output.ts';

export function tenantsCommand(context: CliContext): Command {
  return new Command('tenants')
    .description('look after the tenants of a server')
    .helpCommand(false)
    .addCommand(listCommand(context))
    .addCommand(createCommand(context))
    .addCommand(suspendCommand(context, 'suspend', 'refuse all keys of a tenant; nothing is lost'))
    .addCommand(suspendCommand(context, 'resume', 'let a suspended tenant go on'))
    .addCommand(planCommand(context))
    .addCommand(deleteCommand(context));
}

function listCommand(context: CliContext): Command {
  const command = new Command('list').description('show the tenants beside the root one');
  return withConnection(command).action(async (options: ConnectionOptions) => {
    await listOut(context, options, connect(options, context).tenants(), lineOf);
  });
}

interface CreateOptions extends ConnectionOptions {
  readonly keyStdin?: boolean;
  readonly plan?: string;
}

function createCommand(context: CliContext): Command {
  const command = new Command('create')
    .description('make a tenant with its first key')
    .argument('<name>', 'how you will know it')
    .option('--plan <name>', 'free, or one of REVERIE_PLANS; unlimited when absent')
    .option('--key-stdin', 'take a key that clients have already from standard input');
  return withConnection(command).action(async (name: string, options: CreateOptions) => {
    // A key in the arguments would be seen by every process of the machine.
    const key = options.keyStdin ? (await context.readInput()).trim() : undefined;
    if (key === '') throw new UsageError('There is no key on standard input.');
    const made = await connect(options, context).createTenant({ name, key, plan: options.plan });
    if (options.json) return context.out(json(made));
    if (made.key !== null) context.out(`${made.key}\n`);
    const shown = made.key === null ? '' : ' Its key is shown this once.';
    context.err(`${made.tenant.id} is made.${shown}\n`);
  });
}

function suspendCommand(context: CliContext, verb: 'suspend' | 'resume', said: string): Command {
  const command = new Command(verb).description(said).argument('<id>', 'the id of a tenant');
  return withConnection(command).action(async (id: string, options: ConnectionOptions) => {
    const tenant = await connect(options, context).suspendTenant(id, verb === 'suspend');
    context.out(options.json ? json(tenant) : lineOf(tenant));
  });
}

function planCommand(context: CliContext): Command {
  const command = new Command('plan')
    .description('give a tenant another plan; what it has used stays used')
    .argument('<id>', 'the id of a tenant')
    .argument('<plan>', 'free, unlimited, or one of REVERIE_PLANS');
  return withConnection(command).action(
    async (id: string, plan: string, options: ConnectionOptions) => {
      const tenant = await connect(options, context).setTenantPlan(id, plan);
      context.out(options.json ? json(tenant) : lineOf(tenant));
    },
  );
}

function deleteCommand(context: CliContext): Command {
  const command = new Command('delete')
    .description('forget a tenant with all its memories and keys')
    .argument('<id>', 'the id of a tenant')
    .option('--confirm', 'do it; nothing brings it back');
  return withConnection(command).action(
    async (id: string, options: ConnectionOptions & { readonly confirm?: boolean }) => {
      if (!options.confirm) throw new UsageError('To forget a whole tenant, add --confirm.');
      const forgotten = await connect(options, context).deleteTenant(id);
      if (options.json) return context.out(json({ forgotten }));
      context.out(`The tenant is gone, with ${countOf(forgotten, 'memory', 'memories')}.\n`);
    },
  );
}

function lineOf({ id, name, createdAt, suspendedAt, plan }: Tenant): string {
  const suspended = suspendedAt === null ? '' : `  suspended ${suspendedAt}`;
  return `${id}  ${createdAt}  ${plan}  ${plain(name)}${suspended}\n`;
}
