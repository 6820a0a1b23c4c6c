/** `reverie store`: keeps a text, or what comes in on standard input. */
import type { MemoryLink, StoreInput, StoreResult } from '@reverie/sdk';
import { Command, Option } from 'commander';
import { type ConnectionOptions, connect, withConnection } from '../connection.ts';
import type { CliContext } from '../context.ts';
import { flagLines, json, plain } from '../output.ts';
import { jsonObject } from '../parse-json.ts';
import { linkDoc, parseLinks } from '../parse-link.ts';
import { wholeNumber } from '../parse-number.ts';

interface StoreOptions extends ConnectionOptions {
  readonly key?: string;
  readonly tag?: string[];
  readonly mode?: 'append' | 'replace';
  readonly speaker?: string;
  readonly type?: string;
  readonly occurredAt?: string;
  readonly ttlSeconds?: string;
  readonly metadata?: string;
  readonly link?: MemoryLink[];
  readonly idempotencyKey?: string;
}

export function storeCommand(context: CliContext): Command {
  const command = new Command('store')
    .description('keep a memory')
    .argument('<text>', 'what to keep; - reads standard input')
    .option('-k, --key <key>', 'the thread it belongs to, or the fact it states anew')
    .option('-t, --tag <tag...>', 'tags')
    .addOption(
      new Option('--mode <mode>', 'add to the thread, or take the place of the fact').choices([
        'append',
        'replace',
      ]),
    )
    .option('--speaker <name>', 'who said it')
    .option('--type <label>', 'a label of your own')
    .option('--occurred-at <time>', 'when it was said or happened, ISO 8601')
    .option('--ttl-seconds <seconds>', 'how long to keep it')
    .option('--metadata <json>', 'a JSON object')
    .option('--link <type=id>', linkDoc, parseLinks)
    .option('--idempotency-key <key>', 'a name for this store: sent again, it is done once');
  return withConnection(command).action(async (text: string, options: StoreOptions) => {
    const value = text === '-' ? await context.readInput() : text;
    const { idempotencyKey } = options;
    const input = inputOf(value, options);
    const result = await connect(options, context).store(input, { idempotencyKey });
    context.out(options.json ? json(result) : told(result));
    if (result.memory) context.err(flagLines(result.memory));
  });
}

function inputOf(value: string, options: StoreOptions): StoreInput {
  const { key, tag, mode, speaker, type, occurredAt, ttlSeconds, metadata, link } = options;
  return {
    value,
    key,
    tags: tag,
    mode,
    speaker,
    type,
    occurredAt,
    ttlSeconds: ttlSeconds === undefined ? undefined : wholeNumber('--ttl-seconds', ttlSeconds),
    metadata: metadata === undefined ? undefined : jsonObject('--metadata', metadata),
    links: link,
  };
}

const sentences = {
  stored: 'Stored',
  appended: 'Added to the thread',
  replaced: 'Stored in place of the former fact',
  merged: 'Known already; its fields were updated',
  unchanged: 'Known already; nothing changed',
} as const;

function told(result: StoreResult): string {
  const said = sentences[result.status] ?? result.status;
  const hint = result.hint === undefined ? '' : `${plain(result.hint)}\n`;
  return `${said}: ${result.id} in ${plain(result.namespace)}\n${hint}`;
}
