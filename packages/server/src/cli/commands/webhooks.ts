/** `reverie webhooks`: addresses that are told what happens in namespaces. */
import type { DeliveryAttempt, EventPattern, Webhook, WebhookDelivery } from '@reverie/sdk';
import { Command } from 'commander';
import { type ConnectionOptions, connect, withConnection } from '../connection.ts';
import type { CliContext } from '../context.ts';
import { json, plain } from '../output.ts';
import { parseNumber } from '../parse-number.ts';

export function webhooksCommand(context: CliContext): Command {
  return new Command('webhooks')
    .description('tell other addresses what happens in namespaces')
    .helpCommand(false)
    .addCommand(createCommand(context))
    .addCommand(listCommand(context))
    .addCommand(testCommand(context))
    .addCommand(deliveriesCommand(context))
    .addCommand(redeliverCommand(context))
    .addCommand(rotateCommand(context))
    .addCommand(enableCommand(context, 'enable', 'go on where it stopped'))
    .addCommand(enableCommand(context, 'disable', 'send nothing for now'))
    .addCommand(deleteCommand(context));
}

interface CreateOptions extends ConnectionOptions {
  readonly events?: EventPattern[];
  readonly includeValue?: boolean;
  readonly description?: string;
}

function createCommand(context: CliContext): Command {
  const command = new Command('create')
    .description('make a webhook; with --namespace for that one only ("user-*" for many)')
    .argument('<url>', 'where to send to')
    .option('--events <type...>', 'what to tell: memory.created, memory.*; all when absent')
    .option('--include-value', 'send value, tags and metadata too')
    .option('--description <text>', 'how you will know it');
  return withConnection(command).action(async (url: string, options: CreateOptions) => {
    const { events, includeValue, description, namespace } = options;
    const namespaces = namespace === undefined ? undefined : [namespace];
    const include = includeValue ? (['value'] as const) : undefined;
    const input = { url, events, include, description, namespaces };
    const made = await connect(options, context).createWebhook(input);
    if (options.json) return context.out(json(made));
    context.out(`${made.secret}\n`);
    context.err(`${made.webhook.id}: the secret that signs is shown this once.\n`);
  });
}

function listCommand(context: CliContext): Command {
  const command = new Command('list').description('show webhooks, and how they are doing');
  return withConnection(command).action(async (options: ConnectionOptions) => {
    const webhooks = await connect(options, context).webhooks();
    if (options.json) return context.out(json(webhooks));
    for (const webhook of webhooks) context.out(lineOf(webhook));
  });
}

function testCommand(context: CliContext): Command {
  const command = new Command('test')
    .description('send a ping now')
    .argument('<id>', 'the id of a webhook');
  return withConnection(command).action(async (id: string, options: ConnectionOptions) => {
    const attempt = await connect(options, context).testWebhook(id);
    context.out(options.json ? json(attempt) : `${outcomeOf(attempt)}\n`);
  });
}

function deliveriesCommand(context: CliContext): Command {
  const command = new Command('deliveries')
    .description('show what was sent, waits, or was given up; newest first')
    .argument('<id>', 'the id of a webhook')
    .option('--limit <number>', 'how many', parseNumber);
  return withConnection(command).action(
    async (id: string, options: ConnectionOptions & { readonly limit?: number }) => {
      const { limit } = options;
      const deliveries = await connect(options, context).webhookDeliveries(id, { limit });
      if (options.json) return context.out(json(deliveries));
      for (const delivery of deliveries) context.out(deliveryLine(delivery));
    },
  );
}

function redeliverCommand(context: CliContext): Command {
  const command = new Command('redeliver')
    .description('send a delivery once more')
    .argument('<id>', 'the id of a webhook')
    .argument('<delivery>', 'the id of a delivery');
  return withConnection(command).action(
    async (id: string, deliveryId: string, options: ConnectionOptions) => {
      const delivery = await connect(options, context).redeliver(id, deliveryId);
      context.out(options.json ? json(delivery) : 'It is sent again.\n');
    },
  );
}

function rotateCommand(context: CliContext): Command {
  const command = new Command('rotate')
    .description('give a webhook another secret')
    .argument('<id>', 'the id of a webhook')
    .option('--overlap <seconds>', 'how long the former one signs beside it', parseNumber);
  return withConnection(command).action(
    async (id: string, options: ConnectionOptions & { readonly overlap?: number }) => {
      const { overlap: overlapSeconds } = options;
      const made = await connect(options, context).rotateWebhook(id, { overlapSeconds });
      context.out(options.json ? json(made) : `${made.secret}\n`);
    },
  );
}

function enableCommand(
  context: CliContext,
  verb: 'enable' | 'disable',
  description: string,
): Command {
  const command = new Command(verb)
    .description(description)
    .argument('<id>', 'the id of a webhook');
  return withConnection(command).action(async (id: string, options: ConnectionOptions) => {
    const webhook = await connect(options, context).enableWebhook(id, verb === 'enable');
    context.out(options.json ? json(webhook) : lineOf(webhook));
  });
}

function deleteCommand(context: CliContext): Command {
  const command = new Command('delete')
    .description('delete a webhook with its log')
    .argument('<id>', 'the id of a webhook');
  return withConnection(command).action(async (id: string, options: ConnectionOptions) => {
    await connect(options, context).deleteWebhook(id);
    context.out(options.json ? json({ deleted: id }) : 'The webhook is deleted.\n');
  });
}

function lineOf({ id, url, state, namespaces, events, waiting, dead }: Webhook): string {
  const what = `${events.join(', ')} in ${plain(namespaces.join(', '))}`;
  const left = waiting + dead === 0 ? '' : `  ${waiting} waiting, ${dead} given up`;
  return `${id}  ${state}  ${plain(url)}  ${what}${left}\n`;
}

function deliveryLine({ id, event, state, attempts, lastAttempt }: WebhookDelivery): string {
  const outcome = lastAttempt === null ? 'not tried yet' : outcomeOf(lastAttempt);
  return `${id}  ${event}  ${state} after ${attempts}  ${outcome}\n`;
}

function outcomeOf({ delivered, status, error, ms }: DeliveryAttempt): string {
  const answer = status === null ? plain(error ?? 'no answer') : `answered ${status}`;
  return `${delivered ? 'delivered' : 'not delivered'}: ${answer}, ${ms} ms`;
}
