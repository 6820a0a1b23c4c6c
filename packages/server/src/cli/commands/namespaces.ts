/** `reverie namespaces`: which there are, and the settings of one. */
import type { NamespaceDetail, NamespaceInfo, NamespaceUpdate } from '@reverie/sdk';
import { Command, Option } from 'commander';
import { MemoryError } from '../../domain/errors.ts';
import { type HygienePolicies, hygienePolicies, parsePolicies } from '../../domain/hygiene.ts';
import { defaultModes } from '../../domain/memory-input.ts';
import { type ConnectionOptions, connect, withConnection } from '../connection.ts';
import type { CliContext } from '../context.ts';
import { UsageError } from '../failure.ts';
import { countOf, json, plain } from '../output.ts';
import { wholeNumber } from '../parse-number.ts';

interface NamespacesOptions extends ConnectionOptions {
  readonly defaultMode?: NamespaceUpdate['defaultMode'];
  readonly hygiene?: HygienePolicies | null;
  readonly ifVersion?: string;
}

export function namespacesCommand(context: CliContext): Command {
  const command = new Command('namespaces')
    .description('list namespaces, or show and change the settings of one')
    .argument('[namespace]', 'one namespace; instead of -n')
    .addOption(
      new Option(
        '--default-mode <mode>',
        'what a store under a key does that names neither mode nor kind',
      ).choices([...defaultModes]),
    )
    .option(
      '--hygiene <policies>',
      'what is done about findings: redact, or secrets=redact,cards=refuse; server: as the server',
      hygieneOption,
    )
    .option('--if-version <number>', 'only if the settings still have this version');
  return withConnection(command).action(
    async (name: string | undefined, options: NamespacesOptions) => {
      const namespace = name ?? options.namespace;
      if (namespace !== undefined) return one(context, namespace, options);
      if (isChange(options)) throw new UsageError('Name the namespace to change.');
      for await (const info of connect(options, context).namespaces()) {
        context.out(options.json ? `${JSON.stringify(info)}\n` : line(info));
      }
    },
  );
}

async function one(
  context: CliContext,
  namespace: string,
  options: NamespacesOptions,
): Promise<void> {
  const { defaultMode, hygiene, ifVersion: version } = options;
  const client = connect(options, context);
  const ifVersion = version === undefined ? undefined : wholeNumber('--if-version', version);
  const detail = isChange(options)
    ? await client.updateNamespace({ namespace, defaultMode, hygiene, ifVersion })
    : await client.namespace({ namespace });
  if (detail === undefined) throw new MemoryError('namespace_not_found');
  context.out(options.json ? json(detail) : line(detail) + settingsLine(detail));
}

function isChange({ defaultMode, hygiene }: NamespacesOptions): boolean {
  return defaultMode !== undefined || hygiene !== undefined;
}

function hygieneOption(text: string): HygienePolicies | null {
  if (text === 'server') return null;
  const policies = parsePolicies(text);
  if (policies) return policies;
  const words = hygienePolicies.join(', ');
  throw new UsageError(`--hygiene takes one of ${words}, or pairs like secrets=redact.`);
}

function line({ name, memories, changedAt }: NamespaceInfo): string {
  const when = changedAt.slice(0, 19).replace('T', ' ');
  return `${plain(name)}  ${countOf(memories, 'memory', 'memories')}, changed ${when}\n`;
}

function settingsLine({ defaultMode, hygiene, version }: NamespaceDetail): string {
  const policies = Object.entries(hygiene).map(([kind, policy]) => `${kind}=${policy}`);
  const said = `default mode ${defaultMode}, hygiene ${policies.join(',')}`;
  return `${said}, version ${version} of the settings\n`;
}
