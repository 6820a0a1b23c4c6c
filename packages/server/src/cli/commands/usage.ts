/** `reverie usage`: what a tenant has used of its plan this month. */
import type { Usage } from '@reverie/sdk';
import { Command } from 'commander';
import { type ConnectionOptions, connect, withConnection } from '../connection.ts';
import type { CliContext } from '../context.ts';
import { listOut } from '../list-out.ts';
import { json } from '../output.ts';

interface UsageOptions extends ConnectionOptions {
  readonly all?: boolean;
  readonly tenant?: string;
}

export function usageCommand(context: CliContext): Command {
  const command = new Command('usage')
    .description('show what was used of the plan this month')
    .option('--all', 'of every tenant; for operators')
    .option('--tenant <id>', 'of one tenant; for operators');
  return withConnection(command).action(async (options: UsageOptions) => {
    const client = connect(options, context);
    if (!options.all && options.tenant === undefined) {
      const usage = await client.usage();
      return context.out(options.json ? json(usage) : usageLines(usage));
    }
    await listOut(context, options, client.tenantUsages({ tenant: options.tenant }), usageLines);
  });
}

function usageLines({ tenant, plan, month, operations, storedBytes, resetsAt }: Usage): string {
  const kinds = Object.entries(operations.byKind)
    .filter(([, used]) => used > 0)
    .map(([kind, used]) => `${kind} ${used}`);
  return [
    `${tenant}  plan ${plan}  ${month}, anew at ${resetsAt}`,
    `  operations    ${shareOf(operations)}`,
    ...(kinds.length > 0 ? [`                ${kinds.join(', ')}`] : []),
    `  stored bytes  ${shareOf(storedBytes)}`,
    '',
  ].join('\n');
}

function shareOf({
  used,
  limit,
}: {
  readonly used: number;
  readonly limit: number | null;
}): string {
  return limit === null ? `${used}, no limit` : `${used} of ${limit}`;
}
