/** `reverie profile`: who the user of a namespace is. */
import type { ProfileLine, ProfileSections } from '@reverie/sdk';
import { Command } from 'commander';
import { type ConnectionOptions, connect, withConnection } from '../connection.ts';
import type { CliContext } from '../context.ts';
import { countOf, json, plain } from '../output.ts';

export function profileCommand(context: CliContext): Command {
  const command = new Command('profile')
    .description('print who the user is: facts, preferences, people, projects, open threads')
    .argument('[namespace]', 'the namespace; instead of -n');
  return withConnection(command).action(
    async (name: string | undefined, options: ConnectionOptions) => {
      const namespace = name ?? options.namespace;
      const profile = await connect(options, context).profile({ namespace });
      if (options.json) return context.out(json(profile));
      for (const line of linesOf(profile.sections)) context.out(`${line}\n`);
      const { lookedAt, complete, queryTimeMs } = profile;
      const part = complete ? '' : 'the newest ';
      const memories = countOf(lookedAt, 'memory', 'memories');
      context.err(`from ${part}${memories}, ${queryTimeMs.toFixed(1)} ms\n`);
    },
  );
}

const titles = [
  ['identity', 'Identity'],
  ['preferences', 'Preferences'],
  ['people', 'People'],
  ['projects', 'Projects'],
  ['plans', 'Plans'],
  ['openThreads', 'Open threads'],
  ['notes', 'Notes'],
] as const;

/** Sections without a line are left out. */
function linesOf(sections: ProfileSections): string[] {
  const shown = titles.flatMap(([name, title]) =>
    sections[name].length === 0 ? [] : [title, ...sections[name].map(shownLine)],
  );
  return shown.length === 0 ? ['Nothing is known yet.'] : shown;
}

function shownLine({ text, sources, trust }: ProfileLine): string {
  const more = sources.length > 1 ? ` +${sources.length - 1}` : '';
  const flag = trust === 'flagged' ? ', flagged' : '';
  return plain(`- ${text} (${sources[0] ?? ''}${more}${flag})`);
}
