/** `reverie forget` and `reverie receipts`: erases memories, and shows what was erased. */
import type {
  ForgetCounts,
  ForgetReceipt,
  ForgetResult,
  ReverieClient,
  TenantReceipt,
} from '@reverie/sdk';
import { Command } from 'commander';
import { type ConnectionOptions, connect, withConnection } from '../connection.ts';
import type { CliContext } from '../context.ts';
import { UsageError } from '../failure.ts';
import { listOut } from '../list-out.ts';
import { countOf, json } from '../output.ts';
import { filterDoc, parseFilterOption } from '../parse-filter-option.ts';
import { parseNumber } from '../parse-number.ts';
import type { QuestionOptions } from '../question-options.ts';

interface ForgetOptions
  extends ConnectionOptions,
    Pick<QuestionOptions, 'key' | 'filter' | 'tag' | 'after' | 'before'> {
  readonly everything?: boolean;
  readonly dryRun?: boolean;
  readonly confirm?: boolean;
  readonly expect?: number;
}

export function forgetCommand(context: CliContext): Command {
  const command = new Command('forget')
    .description('erase a memory, everything under a key, by filter, or a whole namespace')
    .argument('[id]', 'the id of a memory')
    .option('-k, --key <key>', 'everything under this key')
    .option('-f, --filter <json>', filterDoc, parseFilterOption)
    .option('-t, --tag <tag...>', 'with all of these tags')
    .option('--after <time>', 'said or happened then or later, as 2026-05-08 or with a time')
    .option('--before <time>', 'said or happened before')
    .option('--everything', 'the namespace with all that it holds, and its name')
    .option('--dry-run', 'only count')
    .option('--confirm', 'do it; without this, or --expect, many memories are only counted')
    .option('--expect <count>', 'do it if there are exactly so many', parseNumber);
  return withConnection(command).action(async (id: string | undefined, options: ForgetOptions) => {
    const result = await ask(connect(options, context), id, options);
    if (options.json) return context.out(json(result));
    context.out(forgetLines(result));
  });
}

function ask(
  client: ReverieClient,
  id: string | undefined,
  options: ForgetOptions,
): Promise<ForgetResult> {
  const { key, filter, tag, after, before, everything, namespace } = options;
  const isFiltered = [filter, tag, after, before].some((option) => option !== undefined);
  const selectors = [id !== undefined, key !== undefined, isFiltered, everything === true];
  if (selectors.filter(Boolean).length !== 1) {
    throw new UsageError('Name an id, --key, conditions, or --everything, and only one of them.');
  }
  if (id !== undefined) return client.forget({ id, dryRun: options.dryRun });
  if (key !== undefined) return client.forget({ key, dryRun: options.dryRun });
  const { confirm, expect: expectedCount } = options;
  const dryRun = options.dryRun || (!confirm && expectedCount === undefined);
  const care = { dryRun, confirm, expectedCount };
  if (namespace === undefined) throw new UsageError('Name the namespace, with --namespace.');
  if (everything) return client.forgetNamespace({ namespace, ...care });
  return client.forget({
    ...{ filter, tags: tag, occurredAfter: after, occurredBefore: before },
    ...care,
  });
}

function forgetLines({ dryRun, forgotten, counts, receipt }: ForgetResult): string {
  const stay =
    counts.kept === 0 ? '' : `${counts.kept} for the system audience may not be erased.\n`;
  if ((dryRun ? counts.memories : forgotten) === 0) return `There was nothing to forget.\n${stay}`;
  if (dryRun) {
    const would = `${tellCounts(counts)} would go. Nothing is forgotten yet.\n`;
    return `${would}${stay}To forget: the same with --expect ${counts.memories}\n`;
  }
  const gone = countOf(forgotten, 'memory is', 'memories are');
  return `${gone} gone.\n${stay}${receipt === null ? '' : `The receipt is ${receipt.id}\n`}`;
}

function tellCounts({ memories, derived, versions, attachments }: ForgetCounts): string {
  const parts = [
    ...(derived > 0 ? [`${derived} made of others`] : []),
    ...(versions > 0 ? [countOf(versions, 'former version', 'former versions')] : []),
    ...(attachments > 0 ? [countOf(attachments, 'attachment', 'attachments')] : []),
  ];
  const further = parts.length === 0 ? '' : ` (${parts.join(', ')})`;
  return `${countOf(memories, 'memory', 'memories')}${further}`;
}

interface ReceiptsOptions extends ConnectionOptions {
  readonly all?: boolean;
  readonly tenant?: string;
}

export function receiptsCommand(context: CliContext): Command {
  const command = new Command('receipts')
    .description('show what was forgotten: counts and times, newest first')
    .argument('[id]', 'the id of a receipt')
    .option('--all', 'of every tenant, also of those that are gone; for operators')
    .option('--tenant <id>', 'of one tenant; for operators');
  return withConnection(command).action(
    async (id: string | undefined, options: ReceiptsOptions) => {
      const client = connect(options, context);
      const { all, tenant, namespace } = options;
      if (id !== undefined) {
        const receipt = await client.forgetReceipt(id);
        if (receipt === undefined) throw new UsageError(`There is no receipt ${id}.`);
        return context.out(options.json ? json(receipt) : receiptLine(receipt));
      }
      if (!all && tenant === undefined) {
        return listOut(context, options, client.forgetReceipts({ namespace }), receiptLine);
      }
      const lineOf = (receipt: TenantReceipt) => `${receipt.tenant}  ${receiptLine(receipt)}`;
      return listOut(context, options, client.tenantReceipts({ tenant }), lineOf);
    },
  );
}

function receiptLine({ id, state, selector, counts, askedAt, erasedAt }: ForgetReceipt): string {
  const erased = erasedAt === null ? '' : ` ${erasedAt}`;
  return `${id}  ${askedAt}  ${state}${erased}  by ${selector}: ${tellCounts(counts)}\n`;
}
