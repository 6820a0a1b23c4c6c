/** `reverie usage`: what a tenant has used of its plan this month. */
import type { Usage } from '@reverie/sdk';
import { Command } from 'commander';
import { type ConnectionOptions, connect, withConnection } from '../connection.ts';
import type { CliContext } from '../context.ts';
import { listOut } from '../list-out.ts';
import { json } from '../output.ts';
import { parseNumber } from '../parse-number.ts';

interface UsageOptions extends ConnectionOptions {
  readonly all?: boolean;
  readonly tenant?: string;
  readonly months?: number;
}

export function usageCommand(context: CliContext): Command {
  const command = new Command('usage')
    .description('show what was used of the plan this month')
    .option('--all', 'of every tenant; for operators')
    .option('--tenant <id>', 'of one tenant; for operators')
    .option('--months <count>', 'and so many past months, at most 13', parseNumber);
  return withConnection(command).action(async (options: UsageOptions) => {
    const client = connect(options, context);
    const { tenant, months } = options;
    if (!options.all && tenant === undefined) {
      const usage = await client.usage({ months });
      return context.out(options.json ? json(usage) : usageLines(usage));
    }
    await listOut(context, options, client.tenantUsages({ tenant, months }), usageLines);
  });
}

function usageLines(usage: Usage): string {
  const { tenant, plan, month, operations, storedBytes, resetsAt, history } = usage;
  return [
    `${tenant}  plan ${plan}  ${month}, anew at ${resetsAt}`,
    `  operations    ${shareOf(operations)}`,
    ...kindLines(operations.byKind),
    `  stored bytes  ${shareOf(storedBytes)}`,
    ...history.flatMap((past) => [
      `  ${past.month}       ${past.operations.used} operations`,
      ...kindLines(past.operations.byKind),
    ]),
    '',
  ].join('\n');
}

function kindLines(byKind: Readonly<Record<string, number>>): string[] {
  const kinds = Object.entries(byKind).filter(([, used]) => used > 0);
  const told = kinds.map(([kind, used]) => `${kind} ${used}`).join(', ');
  return told === '' ? [] : [`                ${told}`];
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
