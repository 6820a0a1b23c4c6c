/** `reverie audit`: memory quality of a namespace in numbers. */
import type { AuditFinding, AuditResult } from '@reverie/sdk';
import { Command } from 'commander';
import { type ConnectionOptions, connect, withConnection } from '../connection.ts';
import type { CliContext } from '../context.ts';
import { countOf, json, plain } from '../output.ts';

export function auditCommand(context: CliContext): Command {
  const command = new Command('audit')
    .description('count duplicates, stale, never recalled and secret memories of a namespace')
    .argument('[namespace]', 'the namespace; instead of -n');
  return withConnection(command).action(
    async (name: string | undefined, options: ConnectionOptions) => {
      const namespace = name ?? options.namespace;
      const report = await connect(options, context).audit({ namespace });
      if (options.json) return context.out(json(report));
      for (const line of linesOf(report)) context.out(`${plain(line)}\n`);
    },
  );
}

function linesOf({ namespace, memories, lookedAt, complete, ...report }: AuditResult): string[] {
  const { classes, countingSince, queryTimeMs } = report;
  const tookMs = Math.round(queryTimeMs);
  const part = complete ? '' : `, the newest ${lookedAt} looked at`;
  return [
    `${namespace}: ${countOf(memories, 'memory', 'memories')}${part}, ${tookMs} ms`,
    line('duplicates', classes.duplicates),
    line('near duplicates', classes.nearDuplicates),
    line('stale', classes.stale),
    line('superseded', classes.superseded),
    line(`never recalled since ${countingSince.slice(0, 10)}`, classes.neverRecalled),
    line('echoes', classes.echoes),
    line('secrets', classes.secrets),
  ];
}

/** Name, count, share, reasons, and two ids to begin with. */
function line(name: string, { count, rate, reasons, examples }: AuditFinding): string {
  const why = Object.entries(reasons).map(([reason, times]) => `${reason} ${times}`);
  const [first, second] = examples.map(({ id, of }) => (of === undefined ? id : `${id} = ${of}`));
  const shown = [first, second].filter((id) => id !== undefined).join(', ');
  const parts = [`${count} ${name} (${(rate * 100).toFixed(1)} %)`, why.join(', '), shown];
  return parts.filter((text) => text !== '').join(': ');
}
